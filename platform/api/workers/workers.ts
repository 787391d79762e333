import { Cordon, Worker, WorkerFilter } from '../../../contract/workers';
import { workerTarget } from '../../auth/authorization-targets';
import { wordsMatcher } from '../../core/words';
import { notifyDispatch } from '../../store/database/notify';
import { cordonWorker, listWorkerHealth } from '../../store/workers/worker-health';
import type { Api, ApiContext } from '../http/context';
import { wholeListRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route } from '../http/route';
import { agentRoutes } from './agent-routes';
import { dispatchRoute } from './dispatch';
import { standaloneWorkersRoutes } from './standalone-workers';
import { tenantWorkersRoutes } from './tenant-workers';
import {
  onWorkerOf,
  staleSecondsOf,
  workerParams as params,
  WORKERS_PATH as PATH,
  type WorkerRequirements,
} from './on-worker';

const tags = ['workers'];

/**
 * Managed workers belong to the platform and to no tenant: every tenant sees them, and only
 * `default` cordons them. External ones are seen by their own tenant alone.
 */
export function workersRoutes(api: Api, context: ApiContext): void {
  const onWorker = onWorkerOf(context);
  readRoutes(api, onWorker, staleSecondsOf(context));
  cordonRoutes(api, onWorker);
  tenantWorkersRoutes(api, context);
  standaloneWorkersRoutes(api, context);
  dispatchRoute(api, context);
  agentRoutes(api, context);
}

function readRoutes(api: Api, onWorker: WorkerRequirements, staleAfterSeconds: number): void {
  wholeListRoute(api, {
    path: PATH,
    tags,
    grant: 'workers:read',
    filter: WorkerFilter,
    item: Worker,
    pages: DEFAULT_PAGES,
    listAll: async ({ transaction, query }) => {
      const hasWords = wordsMatcher(query.q);
      const workers = await listWorkerHealth(transaction, staleAfterSeconds);
      return workers.filter((worker) => hasWords(worker.name) && matchesFilter(worker, query));
    },
    rowTarget: workerTarget,
  });

  route(api, {
    ...onWorker,
    method: 'GET',
    path: `${PATH}/:id`,
    grant: 'workers:read',
    schema: { tags, params, response: { 200: Worker } },
    handle: ({ loaded }) => loaded,
  });
}

function matchesFilter(worker: Worker, { role, status, cordoned, health_state: health }: WorkerFilter): boolean {
  return (
    (role === undefined || worker.worker_role === role) &&
    (status === undefined || worker.status === status) &&
    (health === undefined || worker.health_state === health) &&
    (cordoned === undefined || String(worker.cordoned) === cordoned.toLowerCase())
  );
}

/**
 * Answered without an envelope. Executions that waited for a worker are dispatched as soon as one
 * is uncordoned.
 */
function cordonRoutes(api: Api, onWorker: WorkerRequirements): void {
  const schema = { tags, params, response: { 200: Worker } };
  const manage = { ...onWorker, method: 'POST', grant: 'workers:manage', defaultTenantOnly: true } as const;

  route(api, {
    ...manage,
    path: `${PATH}/:id/cordon`,
    schema: { ...schema, body: Cordon },
    handle: async (call) => {
      const { transaction, caller, body, loaded } = call;
      await cordonWorker(transaction, loaded.id, true, { reason: body.reason ?? null, identity: caller.identity });
      return onWorker.load(call);
    },
  });

  route(api, {
    ...manage,
    path: `${PATH}/:id/uncordon`,
    ignoresBody: true,
    schema,
    handle: async (call) => {
      const { transaction, caller, loaded } = call;
      await cordonWorker(transaction, loaded.id, false, { reason: null, identity: caller.identity });
      await notifyDispatch(transaction, caller.tenant);
      return onWorker.load(call);
    },
  });
}
