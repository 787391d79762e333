import { dataEnvelope } from '../../../contract/envelopes';
import {
  ActivityPage,
  CreatedWorker,
  CreateWorker,
  RemoveWorkerQuery,
  WorkerChange,
} from '../../../contract/tenant-workers';
import { DomainError } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { notifyWorker } from '../../store/database/notify';
import { lockUnfinished } from '../../store/executions/addressed';
import { readWorkerLog } from '../../store/lifecycle/execution-log';
import { transition } from '../../store/lifecycle/lifecycle';
import type { TenantWorker } from '../../store/workers/tenant-workers';
import type { Api, ApiContext } from '../http/context';
import { LogQuery, logPageSize } from '../http/paging';
import { route } from '../http/route';
import { addWorker } from './add-worker';
import { followVerb } from './follow-verb';
import { onWorkerOf, requireTenantWorker, workerParams as params, WORKERS_PATH as PATH } from './on-worker';

const tags = ['workers'];

/** Workers that belong to the tenant that creates them: managed and external ones. */
export function tenantWorkersRoutes(api: Api, context: ApiContext): void {
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
      const { id, ...token } = await addWorker(transaction, tenant, body, context.tenantQuota);
      return { data: { ...(await load({ transaction, params: { id } })), ...token } };
    },
  });
}

function verbRoutes(api: Api, context: ApiContext): void {
  const onWorker = onWorkerOf(context);
  for (const verb of ['pause', 'resume', 'hibernate', 'wake'] as const) {
    route(api, {
      ...onWorker,
      method: 'POST',
      path: `${PATH}/:id/${verb}`,
      extension: 'workers.lifecycle',
      grant: 'workers:manage',
      ignoresBody: true,
      schema: { tags, params, response: { 200: dataEnvelope(WorkerChange) } },
      handle: async (call) => {
        const worker = await requireTenantWorker(call.transaction, call.loaded.id);
        if (verb === 'hibernate' || verb === 'wake') requireManaged(worker, verb);
        const { state, changed } = await followVerb(call.transaction, worker, verb);
        if (changed && state === 'hibernated') await requireIdle(call.transaction, worker.id);
        return { data: { ...(await onWorker.load(call)), changed } };
      },
    });
  }
}

/** WORKER_NOT_MANAGED: its agent decides by itself whether it runs. */
function requireManaged({ id, kind }: TenantWorker, verb: string): void {
  if (kind === 'managed') return;
  throw new DomainError('WORKER_NOT_MANAGED', `Worker ${id} is external: the platform cannot ${verb} it`, {
    path: '/id',
    hint: 'pause it: it then gets no more executions',
  });
}

/** Throws WORKER_BUSY, which undoes the change. The worker is locked: nothing is dispatched. */
async function requireIdle(transaction: Transaction, worker: number): Promise<void> {
  const executions = await lockUnfinished(transaction, worker);
  if (executions.length === 0) return;
  throw busy(worker, executions, 'wait for them, or cancel them');
}

const busy = (worker: number, executions: readonly number[], hint: string): DomainError =>
  new DomainError('WORKER_BUSY', `Worker ${worker} has ${executions.length} executions that have not ended`, {
    path: '/id',
    hint,
    executions: [...executions],
  });

/**
 * The row stays, so that what it ran keeps its worker; its agent is refused from now on, or its
 * process stopped.
 */
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
      const worker = await requireTenantWorker(transaction, loaded.id);
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
    throw busy(worker, executions, 'wait for them, or cancel them with ?force=true');
  }
  await transition(transaction, executions, 'cancelled', { result: { error: 'Its worker was removed' } });
  for (const cancel of executions) await notifyWorker(transaction, { worker, cancel });
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
