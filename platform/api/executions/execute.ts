import { dataEnvelope } from '../../../contract/envelopes';
import { Execute, Execution } from '../../../contract/executions';
import { componentTarget } from '../../auth/authorization-targets';
import { permissionLimit, requireDelegable } from '../../auth/delegation';
import { findLoaderVariable, loaderVariableError } from '../../auth/loader-variables';
import { DomainError, notFound } from '../../domain-error';
import { AffinityError, readAffinity } from '../../executor/dispatch/affinity';
import type { Rights } from '../../auth/rights';
import { loopErrorAt } from '../../executor/limits/loop-limit';
import { processLoopAlert } from '../../executor/process-event';
import { schemaTaint } from '../../core/secrets/schema-taint';
import { redact } from '../../core/secrets/redact-json';
import type { Transaction } from '../../store/database/connection';
import { findCancelledTrees } from '../../store/executions/cancel-tree';
import {
  findActionToExecute,
  findExecutionRow,
  getExecution,
  requestExecution,
  type ActionToExecute,
  type NewExecution,
} from '../../store/executions/executions';
import { recordRejectedExecution } from '../../store/executions/rejected-executions';
import type { Api, ApiContext } from '../http/context';
import { route } from '../http/route';

/**
 * `POST /executions/execute`: requests an execution; parameters are not validated. A request that
 * is alone is dispatched in its transaction, which starts it earlier; of several at once, the
 * executor dispatches all in one transaction.
 */
export function executeRoute(api: Api, { tenantQuota, dispatchOne }: ApiContext): void {
  /** Requests whose executions are being inserted. */
  let active = 0;
  route(api, {
    method: 'POST',
    path: '/api/v1/executions/execute',
    grant: 'actions:execute',
    schema: { tags: ['executions'], body: Execute, response: { 201: dataEnvelope(Execution) } },
    idempotentOperation: 'execute',
    validate: ({ body }) => validatePlacement(body),
    load: async ({ transaction, body: { action_ref: ref } }) => {
      const action = await findActionToExecute(transaction, ref);
      if (!action) throw notFound(`Action ${ref}`);
      return action;
    },
    target: ({ loaded }) => componentTarget(loaded),
    check: async ({ rights, body, loaded }) => requireAllowedVariables(await rights(), body, loaded),
    handle: async ({ transaction, caller, body, loaded: action }) => {
      await requireDelegable(transaction, caller, body.permission_set_refs ?? action.permissionSetRefs);
      const { tenant, identity: executor } = caller;
      const parent = caller.execution === null ? null : await findExecutionRow(transaction, caller.execution);
      if (caller.execution !== null && parent === null) throw notFound(`Execution ${caller.execution}`);
      await tenantQuota.addExecution(transaction, tenant);
      const limit = await permissionLimit(transaction, caller);
      const request = { ...declaredFields(body), action, tenant, executor, parent, permissionLimit: limit };
      active++;
      try {
        return { data: await requestOrReject(transaction, request, active === 1 ? dispatchOne : undefined) };
      } finally {
        active--;
      }
    },
  });
}

/**
 * FORBIDDEN for a variable that decides what code runs, unless the caller may change that code:
 * the action's, or of every action where a workflow passes it on to its tasks.
 */
function requireAllowedVariables(rights: Rights, { env_vars: variables }: Execute, action: ActionToExecute): void {
  const name = findLoaderVariable(variables);
  if (name === null) return;
  const changed = action.isWorkflow ? undefined : componentTarget(action);
  if (!rights.allows('actions', 'update', changed)) throw loaderVariableError(name, action.ref);
}

/** An execution that is too deep in its chain of causes is stored as failed. */
async function requestOrReject(
  transaction: Transaction,
  request: NewExecution,
  dispatchOne: ApiContext['dispatchOne'],
): Promise<Execution> {
  const { action, parent, tenant, executor, parameters } = request;
  if (parent && (await findCancelledTrees(transaction, [parent.id])).size > 0) {
    throw new DomainError('CONFLICT', `Execution ${parent.id} is being cancelled`, { reason: 'EXECUTION_CANCELLED' });
  }
  const loopError = parent && loopErrorAt(transaction, parent.causation_depth + 1);
  if (!parent || !loopError) {
    const execution = await requestExecution(transaction, request, !dispatchOne);
    await dispatchOne?.(transaction, { tenant, execution: execution.id });
    return execution;
  }
  const { document: config } = redact(parameters ?? {}, schemaTaint(action.paramSchema));
  const id = await recordRejectedExecution(transaction, { action, tenant, executor, parent, config, ...loopError });
  await processLoopAlert(transaction, tenant, action, parent.correlation_id);
  return (await getExecution(transaction, id))!;
}

/** Without fields that the contract does not name: they must not reach the columns of the row. */
const declaredFields = (body: Execute): Execute =>
  Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(Execute.properties, name))) as Execute;

/**
 * BAD_REQUEST for fields of placement and retention that have the right type and no usable value.
 */
function validatePlacement(body: Execute): void {
  const { artifact_retention_limit: limit, worker_selector: selector, worker_tolerations: tolerations } = body;
  if (typeof limit === 'number' && limit < 1) throw invalidPlacement('artifact_retention_limit', 'must be at least 1');
  for (const [label, value] of Object.entries(selector ?? {})) {
    const path = `worker_selector/${label}`;
    if (label.trim() === '') throw invalidPlacement(path, 'must name a label');
    if (typeof value !== 'string') throw invalidPlacement(path, "must be the text that the worker's label has");
  }
  const unnamed = (tolerations ?? []).findIndex(({ key }) => key.trim() === '');
  if (unnamed !== -1) throw invalidPlacement(`worker_tolerations/${unnamed}/key`, 'must name a taint');
  try {
    readAffinity(body.worker_affinity ?? null);
  } catch (error) {
    if (!(error instanceof AffinityError)) throw error;
    throw new DomainError('BAD_REQUEST', error.message, { path: error.path });
  }
}

const invalidPlacement = (path: string, expectation: string) =>
  new DomainError('BAD_REQUEST', `${path} ${expectation}`, { path });
