import { dataEnvelope } from '../../../contract/envelopes';
import { DispatchReceipt, DispatchToWorker } from '../../../contract/tenant-workers';
import { componentTarget, workerTarget } from '../../auth/authorization-targets';
import { DomainError, requireFound } from '../../base/domain-error';
import { ASK_ACTION_REF } from '../../core/inquiry/inquiry-spec';
import type { Transaction } from '../../store/database/connection';
import { notifyPush, notifyWorker } from '../../store/database/notify';
import { countQueued } from '../../store/executions/addressed';
import { findActionToExecute, type ActionToExecute } from '../../store/executions/executions';
import type { TenantWorker } from '../../store/workers/tenant-workers';
import { createExecutionRequests } from '../executions/request-execution';
import type { Api, ApiContext } from '../http/context';
import { route } from '../http/route';
import { followVerb, requireAllowed } from './follow-verb';
import { onWorkerOf, requireTenantWorker, workerParams as params, WORKERS_PATH } from './on-worker';

/** `POST /workers/{id}/dispatch`: an execution that this worker alone may run. */
export function dispatchRoute(api: Api, context: ApiContext): void {
  const request = createExecutionRequests(context);
  const onWorker = onWorkerOf(context);
  route(api, {
    method: 'POST',
    path: `${WORKERS_PATH}/:id/dispatch`,
    extension: 'workers.lifecycle',
    grant: 'actions:execute',
    requestsWork: true,
    schema: { tags: ['workers'], params, body: DispatchToWorker, response: { 202: dataEnvelope(DispatchReceipt) } },
    idempotentOperation: 'dispatch',
    load: async ({ transaction, params, body }) => ({
      worker: await onWorker.load({ transaction, params }),
      action: await loadAction(transaction, body.action_ref),
    }),
    target: ({ loaded: { action } }) => componentTarget(action),
    additionalGrants: [{ grant: 'workers:read', target: ({ loaded: { worker } }) => workerTarget(worker) }],
    handle: async ({ transaction, caller, body, loaded: { worker, action } }) => {
      requireRunnable(action);
      const locked = await requireTenantWorker(transaction, worker.id);
      requireReady(locked);
      requireRuntime(action, locked);
      await requireRoom(transaction, locked);
      const parameters = body.parameters ?? null;
      const isManaged = locked.kind === 'managed';
      const { id } = await request(transaction, caller, {
        action,
        parameters,
        ...(!isManaged && { permission_set_refs: [] }),
        addressedTo: worker.id,
      });
      const queued = { status: 'queued' as const, execution_id: id };
      if (!isManaged) {
        const delivery_mode = locked.deliveryMode ?? 'poll';
        if (delivery_mode === 'push') await notifyPush(transaction);
        return { data: { ...queued, delivery_mode } };
      }
      const { changed: wake } = await followVerb(transaction, locked, 'dispatch');
      await notifyWorker(transaction, { worker: worker.id });
      return { data: { ...queued, delivery_mode: 'push' as const, wake } };
    },
  });
}

const loadAction = async (transaction: Transaction, ref: string): Promise<ActionToExecute> =>
  requireFound(await findActionToExecute(transaction, ref), `Action ${ref}`);

/** BAD_REQUEST for what no worker runs. */
function requireRunnable({ ref, isWorkflow, isShared }: ActionToExecute): void {
  if (!isWorkflow && !(isShared && ref === ASK_ACTION_REF)) return;
  throw new DomainError('BAD_REQUEST', `The platform runs '${ref}' itself, without a worker`, {
    path: '/action_ref',
    hint: 'POST /api/v1/executions/execute',
  });
}

/** WORKER_RUNTIME_MISMATCH: a managed worker runs actions of its runtime only. */
function requireRuntime({ ref, runtimeRef }: ActionToExecute, { id, kind, runtime }: TenantWorker): void {
  if (kind === 'external') return;
  const needed = runtimeRef?.split('.').at(-1) ?? null;
  if (needed === runtime) return;
  const found = needed === null ? 'names no runtime' : `needs the runtime ${needed}`;
  throw new DomainError('WORKER_RUNTIME_MISMATCH', `'${ref}' ${found}, and worker ${id} has ${runtime}`, {
    path: '/action_ref',
    hint: `an action with the runtime ${runtime}`,
    runtime,
    needed,
  });
}

/** WORKER_AWAITING_AGENT, WORKER_PAUSED, ILLEGAL_TRANSITION, CONFLICT. */
function requireReady(worker: TenantWorker): void {
  const { id, state, cordoned } = worker;
  if (state === 'awaiting_agent') {
    throw new DomainError('WORKER_AWAITING_AGENT', `No agent has registered for worker ${id}`, {
      path: '/id',
      hint: `its agent registers first: POST ${WORKERS_PATH}/${id}/register`,
    });
  }
  if (state === 'paused') {
    throw new DomainError('WORKER_PAUSED', `Worker ${id} is paused`, {
      path: '/id',
      hint: `resume it: POST ${WORKERS_PATH}/${id}/resume`,
    });
  }
  requireAllowed(worker, 'dispatch');
  if (cordoned)
    throw new DomainError('CONFLICT', `Worker ${id} is cordoned`, { reason: 'WORKER_CORDONED', path: '/id' });
}

/** WORKER_QUEUE_FULL. The worker is locked, so that no other dispatch is counted too late. */
async function requireRoom(transaction: Transaction, { id, queueLimit: limit }: TenantWorker): Promise<void> {
  const depth = await countQueued(transaction, id);
  if (depth < limit) return;
  throw new DomainError('WORKER_QUEUE_FULL', `The queue of worker ${id} is full: ${depth} of ${limit}`, {
    path: '/id',
    hint: 'dispatch again when some have been claimed',
    depth,
    limit,
  });
}
