import type { JsonObject } from '../../../contract/json';
import type { Caller } from '../../auth/caller';
import { requireDelegable } from '../../auth/delegation';
import type { TenantQuota } from '../../auth/tenant-quota';
import { DomainError } from '../../base/domain-error';
import { extractSecrets } from '../../core/secrets/extract-secrets';
import { schemaTaint, undeclaredSecretPaths, undeclaredSecretsError } from '../../core/secrets/schema-taint';
import { mergeTaints, type Taint } from '../../core/secrets/taint';
import type { StartChild } from '../../core/workflow/types';
import { asJson, type Transaction } from '../../store/database/connection';
import { findCancelledTrees } from '../../store/executions/cancel-tree';
import type { ActionToExecute } from '../../store/executions/executions';
import { insertFailed, type NewExecution } from '../../store/executions/new-execution';
import type { ExecutionRow } from '../../store/lifecycle/execution-rows';
import { isLoopError, loopErrorAt } from './loop-limit';
import { ownerDenialReason, type Owned } from './rule-owner';
import type { ChildActions } from './child-actions';
import type { ChildPermissions } from './child-permissions';

/**
 * Who requests an execution. Every request is checked in this order; the first check that fails
 * has the answer of its source:
 *
 * | check                             | caller      | rule        | task        | queue        |
 * | --------------------------------- | ----------- | ----------- | ----------- | ------------ |
 * | the action exists                 | throws      | decision    | failed task | no dispatch  |
 * | `checkSource`: rights, quota      | throws      | decision    | failed task | no dispatch  |
 * | `rejectRequest`: undeclared secrets | has none    | failed      | failed task | no dispatch  |
 * | `rejectRequest`: depth of the chain | failed      | failed      | failed task | failed items |
 *
 * `failed`: an execution that is stored as failed. Rights and undeclared secrets of a queue are
 * the same for all its items: its dispatch checks them once.
 */
export type RequestSource =
  | {
      readonly type: 'caller';
      readonly caller: Caller;
      /** The execution whose token requests. */
      readonly parent: ExecutionRow | null;
      readonly permissionSetRefs: readonly string[];
      readonly quota: TenantQuota;
    }
  | { readonly type: 'rule' | 'queue'; readonly owned: Owned }
  | {
      readonly type: 'task';
      readonly child: StartChild;
      readonly actions: ChildActions;
      readonly permissions: ChildPermissions;
    };

/** Why an execution is not requested. */
export interface Rejection {
  readonly code: string;
  readonly error: string;
}

/** Why the source may not request the action; null where it may. For a caller it throws. */
export async function checkSource(
  transaction: Transaction,
  source: RequestSource,
  action: ActionToExecute,
): Promise<Rejection | null> {
  switch (source.type) {
    case 'caller': {
      const { caller, parent, permissionSetRefs, quota } = source;
      await requireDelegable(transaction, caller, permissionSetRefs);
      await quota.addExecution(transaction, caller.tenant);
      if (parent === null || (await findCancelledTrees(transaction, [parent.id])).size === 0) return null;
      const details = { reason: 'EXECUTION_CANCELLED' };
      throw new DomainError('CONFLICT', `Execution ${parent.id} is being cancelled`, details);
    }
    case 'rule':
    case 'queue':
      return rejection('OWNER_NOT_ALLOWED', await ownerDenialReason(transaction, source.type, source.owned, action));
    case 'task': {
      const { child, actions, permissions } = source;
      return (
        rejection('ACTION_NOT_ALLOWED', await actions.denialReason(child, action)) ??
        rejection('PERMISSION_SETS', await permissions.denialReason(child, action))
      );
    }
  }
}

const rejection = (code: string, error: string | null): Rejection | null => (error === null ? null : { code, error });

/** What is checked of a request, and stored where it is rejected. */
export interface CheckedRequest extends Pick<NewExecution, 'tenant' | 'action' | 'executor' | 'origin' | 'parameters'> {
  /** Among its parameters. */
  readonly secrets: Taint;
}

/** Why a request is rejected whatever its source may do; null where it is not. */
function checkRequest(transaction: Transaction, { action, origin, secrets }: CheckedRequest): Rejection | null {
  const undeclared = undeclaredSecretPaths(action.paramSchema, secrets);
  if (undeclared.length > 0) return undeclaredSecretsError(undeclared);
  return loopErrorAt(transaction, origin.causation_depth ?? 0);
}

/** A request that is not accepted. */
interface RejectedRequest extends Rejection {
  /** The failed execution, with secrets redacted in `config`; null: the source stores it. */
  readonly stored: { readonly execution: number; readonly config: JsonObject } | null;
}

/** Processes the alert about a chain of causes that is over, as an event: rules may match it. */
type LoopAlert = (transaction: Transaction, tenant: number, action: ActionToExecute, chain: string) => Promise<void>;

/**
 * Why the request of a source that may request it is rejected; null where it is accepted. That of
 * a caller or a rule is stored as a failed execution.
 */
export async function rejectRequest(
  transaction: Transaction,
  source: RequestSource['type'],
  request: CheckedRequest,
  alertLoop: LoopAlert,
): Promise<RejectedRequest | null> {
  const { tenant, action, origin } = request;
  const rejection = checkRequest(transaction, request);
  if (rejection === null) return null;
  const stored = source === 'caller' || source === 'rule' ? await storeRejected(transaction, request, rejection) : null;
  if (isLoopError(rejection)) await alertLoop(transaction, tenant, action, origin.correlation_id!);
  return { stored, ...rejection };
}

async function storeRejected(transaction: Transaction, request: CheckedRequest, rejected: Rejection) {
  const { tenant, action, executor, origin, parameters, secrets } = request;
  const taint = mergeTaints(secrets, schemaTaint(action.paramSchema, parameters ?? {}));
  const { document: config } = extractSecrets(parameters ?? {}, taint);
  const columns = { ...origin, tenant, executor, action: action.id, action_ref: action.ref, config: asJson(config) };
  return { execution: await insertFailed(transaction, columns, rejected), config };
}
