import { dataEnvelope } from '../../../contract/envelopes';
import {
  ActivityPage,
  CreatedWorker,
  CreateWorker,
  RemoveWorkerQuery,
  WorkerChange,
} from '../../../contract/workers/external-workers';
import { DomainError } from '../../domain-error';
import type { Transaction } from '../../store/database/connection';
import { lockUnfinished } from '../../store/executions/addressed';
import { readWorkerLog } from '../../store/lifecycle/execution-log';
import { transition } from '../../store/lifecycle/lifecycle';
import { addExternalWorker } from '../../store/workers/external-workers';
import type { Api, ApiContext } from '../http/context';
import { LogQuery, logPageSize } from '../http/paging';
import { route } from '../http/route';
import { followVerb } from './follow-verb';
import { onWorkerOf, requireExternal, workerParams as params, WORKERS_PATH as PATH } from './on-worker';

const tags = ['workers'];
const DEFAULTS = { queueLimit: 100, heartbeatTimeoutSeconds: 90, leaseSeconds: 60 } as const;

/** An external worker belongs to the tenant that creates it. */
export function externalWorkersRoutes(api: Api, context: ApiContext): void {
  createRoute(api, context);
  verbRoutes(api, context);
  removeRoute(api, context);
  activityRoute(api, context);
}

function createRoute(api: Api, context: ApiContext): void {
  const { load } = onWorkerOf(context);
  route(api, {
    method: 'POST',
    path: PATH,
    extension: 'workers.lifecycle',
    grant: 'workers:manage',
    grantFirst: true,
    schema: { tags, body: CreateWorker, response: { 201: dataEnvelope(CreatedWorker) } },
    handle: async ({ transaction, caller: { tenant }, body }) => {
      const { id, secret } = await addExternalWorker(transaction, {
        tenant,
        runtime: body.runtime || 'external',
        queueLimit: body.queue_limit ?? DEFAULTS.queueLimit,
        heartbeatTimeoutMs: (body.heartbeat_timeout_seconds ?? DEFAULTS.heartbeatTimeoutSeconds) * 1_000,
        leaseMs: (body.lease_seconds ?? DEFAULTS.leaseSeconds) * 1_000,
      });
      return { data: { ...(await load({ transaction, params: { id } })), token: secret } };
    },
  });
}

function verbRoutes(api: Api, context: ApiContext): void {
  const onWorker = onWorkerOf(context);
  for (const verb of ['pause', 'resume'] as const) {
    route(api, {
      ...onWorker,
      method: 'POST',
      path: `${PATH}/:id/${verb}`,
      extension: 'workers.lifecycle',
      grant: 'workers:manage',
      ignoresBody: true,
      schema: { tags, params, response: { 200: dataEnvelope(WorkerChange) } },
      handle: async (call) => {
        const worker = await requireExternal(call.transaction, call.loaded.id);
        const { changed } = await followVerb(call.transaction, worker, verb);
        return { data: { ...(await onWorker.load(call)), changed } };
      },
    });
  }
}

/** The row stays, so that what it ran keeps its worker; its agent is refused from now on. */
function removeRoute(api: Api, context: ApiContext): void {
  const onWorker = onWorkerOf(context);
  route(api, {
    ...onWorker,
    method: 'DELETE',
    path: `${PATH}/:id`,
    extension: 'workers.lifecycle',
    grant: 'workers:manage',
    schema: { tags, params, querystring: RemoveWorkerQuery, response: { 200: dataEnvelope(WorkerChange) } },
    handle: async (call) => {
      const { transaction, loaded, query } = call;
      const worker = await requireExternal(transaction, loaded.id);
      await cancelUnfinished(transaction, worker.id, query.force ?? false);
      const { changed } = await followVerb(transaction, worker, 'delete');
      return { data: { ...(await onWorker.load(call)), changed } };
    },
  });
}

/** Throws WORKER_BUSY where there is something to cancel and it is not forced. */
async function cancelUnfinished(transaction: Transaction, worker: number, isForced: boolean): Promise<void> {
  const executions = await lockUnfinished(transaction, worker);
  if (executions.length > 0 && !isForced) {
    throw new DomainError('WORKER_BUSY', `Worker ${worker} has ${executions.length} executions that have not ended`, {
      ...{ path: '/id', hint: 'wait for them, or cancel them with ?force=true', executions },
    });
  }
  await transition(transaction, executions, 'cancelled', { result: { error: 'Its worker was removed' } });
}

/** What it ran, and how its state changed: one log, one cursor. */
function activityRoute(api: Api, context: ApiContext): void {
  route(api, {
    ...onWorkerOf(context),
    method: 'GET',
    path: `${PATH}/:id/activity`,
    extension: 'workers.lifecycle',
    grant: 'workers:read',
    additionalGrants: [{ grant: 'executions:read', target: () => ({}) }],
    schema: { tags, params, querystring: LogQuery, response: { 200: dataEnvelope(ActivityPage) } },
    handle: async ({ transaction, query, loaded }) => ({
      data: await readWorkerLog(transaction, loaded.id, query.cursor ?? null, logPageSize(query)),
    }),
  });
}
