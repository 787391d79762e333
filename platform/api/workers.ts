import { Type } from '@sinclair/typebox';
import { page } from '../../contract/envelopes';
import { Id } from '../../contract/json';
import { Cordon, Worker, WorkerFilter } from '../../contract/workers';
import { ringDispatch } from '../queue/ring';
import { DEFAULT_TENANT, type Transaction } from '../store/database';
import { cordonWorker, workerHealth } from '../store/worker-health';
import type { Api, ApiContext, Caller } from './context';
import { notFound } from './errors';
import { insufficient, someRight } from './grants';
import { PageQuery, envelope, pageOf } from './paging';
import { workerTarget } from './targets';

const PATH = '/api/v1/workers';
const tags = ['workers'];
const params = Type.Object({ id: Id });
const PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;
/** The contract's, where the platform's heartbeats are not told. */
const STALE_MS = 90_000;

/** Workers belong to the platform and not to a tenant: all see them, and only `default` closes them. */
export function workersRoutes(api: Api, context: ApiContext): void {
  readRoutes(api, context);
  cordonRoutes(api, context);
}

const staleSeconds = ({ workerStaleMs = STALE_MS }: ApiContext): number => workerStaleMs / 1_000;

function readRoutes(api: Api, context: ApiContext): void {
  const config = { grant: 'workers:read' } as const;
  const querystring = Type.Object({ ...PageQuery.properties, ...WorkerFilter.properties });

  api.get(PATH, { config, schema: { tags, querystring, response: { 200: page(Worker) } } }, ({ caller, query }) =>
    context.db.inTenant(caller.tenant, async (transaction) => {
      const mayRead = await someRight(transaction, caller, 'workers', 'read');
      const known = await workerHealth(transaction, staleSeconds(context));
      const all = known.filter((worker) => mayRead(workerTarget(worker)) && matches(worker, query));
      const wanted = pageOf(query, PAGES);
      return envelope(wanted, all.slice(wanted.offset, wanted.offset + wanted.limit), all.length);
    }),
  );

  api.get(
    `${PATH}/:id`,
    { config, schema: { tags, params, response: { 200: Worker } } },
    ({ caller, params: { id } }) =>
      context.db.inTenant(caller.tenant, async (transaction) => {
        const mayRead = await someRight(transaction, caller, 'workers', 'read');
        const worker = await existing(transaction, context, id);
        if (!mayRead(workerTarget(worker))) throw insufficient('workers', 'read');
        return worker;
      }),
  );
}

function matches(worker: Worker, { role, status, cordoned, health_state: health }: WorkerFilter): boolean {
  return (
    (role === undefined || worker.worker_role === role.toLowerCase()) &&
    (status === undefined || worker.status === status.toLowerCase()) &&
    (health === undefined || worker.health_state === health.toLowerCase()) &&
    (cordoned === undefined || String(worker.cordoned) === cordoned.toLowerCase())
  );
}

/** Bare answers. What waited for a worker is dispatched as soon as one is opened again. */
function cordonRoutes(api: Api, context: ApiContext): void {
  const schema = { tags, params, response: { 200: Worker } };
  const grant = 'workers:manage';

  api.post(
    `${PATH}/:id/cordon`,
    { config: { grant }, schema: { ...schema, body: Cordon } },
    ({ caller, params: { id }, body }) =>
      context.db.inTenant(caller.tenant, (transaction) =>
        turn(transaction, context, caller, { id, closed: true, reason: body.reason ?? null }),
      ),
  );

  api.post(`${PATH}/:id/uncordon`, { config: { bodiless: true, grant }, schema }, ({ caller, params: { id } }) =>
    context.db.inTenant(caller.tenant, (transaction) =>
      turn(transaction, context, caller, { id, closed: false, reason: null }),
    ),
  );
}

interface Turn {
  readonly id: number;
  readonly closed: boolean;
  readonly reason: string | null;
}

async function turn(
  transaction: Transaction,
  context: ApiContext,
  caller: Caller,
  { id, closed, reason }: Turn,
): Promise<Worker> {
  const mayManage = await someRight(transaction, caller, 'workers', 'manage');
  const isOurs = caller.tenant === DEFAULT_TENANT;
  if (!isOurs || !mayManage(workerTarget(await existing(transaction, context, id)))) {
    throw insufficient('workers', 'manage');
  }
  const found = await cordonWorker(transaction, id, closed, { reason, identity: caller.identity });
  if (!found) throw notFound(`Worker ${id}`);
  if (!closed) await ringDispatch(transaction, caller.tenant);
  return existing(transaction, context, id);
}

async function existing(transaction: Transaction, context: ApiContext, id: number): Promise<Worker> {
  const [worker] = await workerHealth(transaction, staleSeconds(context), id);
  if (!worker) throw notFound(`Worker ${id}`);
  return worker;
}
