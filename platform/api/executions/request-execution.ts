import type { Execute, Execution } from '../../../contract/executions';
import type { Caller } from '../../auth/caller';
import { callerConnections } from './caller-connections';
import { permissionLimit, requireDelegable } from '../../auth/delegation';
import { schemaTaint } from '../../core/secrets/schema-taint';
import { redact } from '../../core/secrets/redact-json';
import { DomainError, notFound } from '../../base/domain-error';
import { loopErrorAt } from '../../executor/events/loop-limit';
import { processLoopAlert } from '../../executor/events/process-event';
import type { Transaction } from '../../store/database/connection';
import { findCancelledTrees } from '../../store/executions/cancel-tree';
import {
  findExecutionRow,
  getExecution,
  requestExecution,
  type ActionToExecute,
  type NewExecution,
  type StrictRun,
} from '../../store/executions/executions';
import { transition } from '../../store/lifecycle/lifecycle';
import { recordRejectedExecution } from '../../store/executions/rejected-executions';
import type { ApiContext } from '../http/context';

/** What a caller requests to execute. `strict`: a compiled revision of a workflow. */
export interface ExecutionRequest extends Omit<Execute, 'action_ref'> {
  readonly action: ActionToExecute;
  readonly strict?: StrictRun;
  /** The worker of the tenant that alone may run it. */
  readonly addressedTo?: number;
}

/**
 * Returns a function that requests an execution for a caller. A request that is alone is
 * dispatched in its transaction, which starts it earlier; of several at once, the executor
 * dispatches all in one transaction.
 */
export function createExecutionRequests({ tenantQuota, dispatchOne }: ApiContext) {
  /** Requests whose executions are being inserted. */
  let active = 0;
  return async (transaction: Transaction, caller: Caller, requested: ExecutionRequest): Promise<Execution> => {
    await requireDelegable(transaction, caller, requested.permission_set_refs ?? requested.action.permissionSetRefs);
    const { tenant, identity: executor } = caller;
    const parent = caller.execution === null ? null : await findExecutionRow(transaction, caller.execution);
    if (caller.execution !== null && parent === null) throw notFound(`Execution ${caller.execution}`);
    await tenantQuota.addExecution(transaction, tenant);
    const limit = await permissionLimit(transaction, caller);
    const connections = await callerConnections(transaction, caller, requested.parameters ?? null);
    const isAuthoredByExecutor = caller.owner === executor;
    const permissions = { permissionLimit: limit, isAuthoredByExecutor };
    const request = { ...requested, tenant, executor, parent, ...permissions, connections };
    active++;
    try {
      return await requestOrReject(transaction, request, active === 1 ? dispatchOne : undefined);
    } finally {
      active--;
    }
  };
}

export type ExecutionRequests = ReturnType<typeof createExecutionRequests>;

/** One that is addressed to a worker is in its queue at once. */
async function requestAndDispatch(
  transaction: Transaction,
  request: NewExecution,
  dispatchOne: ApiContext['dispatchOne'],
): Promise<Execution> {
  const { tenant, addressedTo: worker } = request;
  const execution = await requestExecution(transaction, request, !dispatchOne && worker === undefined);
  if (worker === undefined) await dispatchOne?.(transaction, { tenant, execution: execution.id });
  else await transition(transaction, execution.id, 'scheduled', { columns: { worker } });
  return execution;
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
  if (!parent || !loopError) return requestAndDispatch(transaction, request, dispatchOne);
  const { document: config } = redact(parameters ?? {}, schemaTaint(action.paramSchema, parameters ?? {}));
  const id = await recordRejectedExecution(transaction, { action, tenant, executor, parent, config, ...loopError });
  await processLoopAlert(transaction, tenant, action, parent.correlation_id);
  return (await getExecution(transaction, id))!;
}
