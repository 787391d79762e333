import type { Execute, Execution } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { Caller } from '../../auth/caller';
import { permissionLimit } from '../../auth/delegation';
import { notFound } from '../../base/domain-error';
import { processLoopAlert } from '../../executor/events/process-event';
import type { Connections } from '../../core/secrets/connections';
import type { SecretsByPointer } from '../../core/secrets/extract-secrets';
import { checkSource, rejectRequest } from '../../executor/requests/request-execution';
import type { Transaction } from '../../store/database/connection';
import { findExecutionRow, getExecution, type ActionToExecute } from '../../store/executions/executions';
import { requestedBy, requestExecution, type NewExecution, type StrictRun } from '../../store/executions/new-execution';
import type { NewRerun } from '../../store/executions/reruns';
import { transition } from '../../store/lifecycle/lifecycle';
import type { ApiContext } from '../http/context';
import { callerConnections } from './caller-connections';

/** What a caller requests to execute. `strict`: a compiled revision of a workflow. */
export interface ExecutionRequest extends Omit<Execute, 'action_ref'> {
  readonly action: ActionToExecute;
  readonly strict?: StrictRun;
  /** As of `NewExecution`. */
  readonly secrets?: SecretsByPointer;
  /** Of the parameters; absent: those that the caller writes. */
  readonly connections?: Connections;
  readonly rerun?: NewRerun;
  /** The worker of the tenant that alone may run it. */
  readonly addressedTo?: number;
}

/**
 * Returns a function that requests an execution for a caller. A request that is alone is
 * dispatched in its transaction, which starts it earlier; of several at once, the executor
 * dispatches all in one transaction.
 */
export function createExecutionRequests({ tenantQuota: quota, dispatchOne }: ApiContext) {
  /** Requests whose executions are being inserted. */
  let active = 0;
  return async (transaction: Transaction, caller: Caller, requested: ExecutionRequest): Promise<Execution> => {
    const { tenant, identity: executor } = caller;
    const parent = caller.execution === null ? null : await findExecutionRow(transaction, caller.execution);
    if (caller.execution !== null && parent === null) throw notFound(`Execution ${caller.execution}`);
    const permissionSetRefs = requested.permission_set_refs ?? requested.action.permissionSetRefs;
    await checkSource(transaction, { type: 'caller', caller, parent, permissionSetRefs, quota }, requested.action);
    const limit = await permissionLimit(transaction, caller);
    const connections =
      requested.connections ?? (await callerConnections(transaction, caller, requested.parameters ?? null));
    const permissions = { permissionLimit: limit, isAuthoredByExecutor: caller.owner === executor };
    const origin = parent === null ? {} : requestedBy(parent);
    const parameters = nullIfEmpty(requested.parameters);
    const request: NewExecution = { ...requested, parameters, tenant, executor, origin, ...permissions, connections };
    active++;
    const dispatch = active === 1 ? dispatchOne : undefined;
    try {
      const checked = { ...request, secrets: null };
      const rejected = await rejectRequest(transaction, 'caller', checked, processLoopAlert);
      if (rejected !== null) return (await getExecution(transaction, rejected.stored!.execution))!;
      return await requestAndDispatch(transaction, request, dispatch);
    } finally {
      active--;
    }
  };
}

/** No parameters of a caller are stored as null; those of a rule are what it resolves to. */
const nullIfEmpty = (parameters: JsonObject | null | undefined): JsonObject | null =>
  parameters && Object.keys(parameters).length > 0 ? parameters : null;

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
