import { dataEnvelope } from '../../../contract/envelopes';
import { DispatchReceipt, DispatchToWorker } from '../../../contract/workers/external-workers';
import { componentTarget, workerTarget } from '../../auth/authorization-targets';
import { DomainError, notFound } from '../../domain-error';
import { ASK_ACTION_REF } from '../../executor/ask-action';
import type { Transaction } from '../../store/database/connection';
import { countQueued } from '../../store/executions/addressed';
import { findActionToExecute, type ActionToExecute } from '../../store/executions/executions';
import type { ExternalWorker } from '../../store/workers/external-workers';
import { createExecutionRequests } from '../executions/request-execution';
import type { Api, ApiContext } from '../http/context';
import { route } from '../http/route';
import { requireAllowed } from './follow-verb';
import { onWorkerOf, requireExternal, workerParams as params, WORKERS_PATH } from './on-worker';

/** `POST /workers/{id}/dispatch`: an execution that this worker alone may run. */
export function dispatchRoute(api: Api, context: ApiContext): void {
  const request = createExecutionRequests(context);
  const onWorker = onWorkerOf(context);
  route(api, {
    method: 'POST',
    path: `${WORKERS_PATH}/:id/dispatch`,
    extension: 'workers.external_poll',
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
      const locked = await requireExternal(transaction, worker.id);
      requireReady(locked);
      await requireRoom(transaction, locked);
      const parameters = body.parameters ?? null;
      const { id } = await request(transaction, caller, {
        action,
        parameters,
        permission_set_refs: [],
        addressedTo: worker.id,
      });
      return { data: { status: 'queued' as const, delivery_mode: 'poll' as const, execution_id: id } };
    },
  });
}

async function loadAction(transaction: Transaction, ref: string): Promise<ActionToExecute> {
  const action = await findActionToExecute(transaction, ref);
  if (!action) throw notFound(`Action ${ref}`);
  return action;
}

/** BAD_REQUEST for what no worker runs. */
function requireRunnable({ ref, isWorkflow, isShared }: ActionToExecute): void {
  if (!isWorkflow && !(isShared && ref === ASK_ACTION_REF)) return;
  throw new DomainError('BAD_REQUEST', `The platform runs '${ref}' itself, without a worker`, {
    ...{ path: '/action_ref', hint: 'POST /api/v1/executions/execute' },
  });
}

/** WORKER_AWAITING_AGENT, WORKER_PAUSED, ILLEGAL_TRANSITION, CONFLICT, NOT_IMPLEMENTED. */
function requireReady(worker: ExternalWorker): void {
  const { id, state, cordoned, deliveryMode } = worker;
  if (state === 'awaiting_agent') {
    throw new DomainError('WORKER_AWAITING_AGENT', `No agent has registered for worker ${id}`, {
      ...{ path: '/id', hint: `its agent registers first: POST ${WORKERS_PATH}/${id}/register` },
    });
  }
  if (state === 'paused') {
    throw new DomainError('WORKER_PAUSED', `Worker ${id} is paused`, {
      ...{ path: '/id', hint: `resume it: POST ${WORKERS_PATH}/${id}/resume` },
    });
  }
  requireAllowed(worker, 'dispatch');
  if (cordoned)
    throw new DomainError('CONFLICT', `Worker ${id} is cordoned`, { reason: 'WORKER_CORDONED', path: '/id' });
  if (deliveryMode === 'push')
    throw new DomainError('NOT_IMPLEMENTED', 'Executions are not pushed yet: register with poll');
}

/** WORKER_QUEUE_FULL. The worker is locked, so that no other dispatch is counted too late. */
async function requireRoom(transaction: Transaction, { id, queueLimit: limit }: ExternalWorker): Promise<void> {
  const depth = await countQueued(transaction, id);
  if (depth < limit) return;
  throw new DomainError('WORKER_QUEUE_FULL', `The queue of worker ${id} is full: ${depth} of ${limit}`, {
    ...{ path: '/id', hint: 'dispatch again when its agent has claimed some', depth, limit },
  });
}
