import { setTimeout as pause } from 'node:timers/promises';
import { Type } from '@sinclair/typebox';
import { one, page } from '../../contract/envelopes';
import { CreateTenant, CreatedTenant, RemovedTenant, Tenant, UpdateTenant } from '../../contract/tenants';
import { Refusal } from '../refusal';
import { DEFAULT_TENANT, type Database, type Transaction } from '../store/database';
import { changeTenant, findTenant, listTenants, makeTenant, removeTenant, stopTenant } from '../store/tenants';
import { removeTenantFiles } from '../tenant-files';
import type { Api, ApiContext, Caller } from './context';
import { notFound } from './errors';
import { insufficient, requireGrant } from './grants';
import { PageQuery, envelope, pageOf } from './paging';

const PATH = '/api/v1/tenants';
const tags = ['tenants'];
const params = Type.Object({ slug: Type.String() });
const PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;
/** Of a person only: service tokens pass every check of a grant, and this is none of their business. */
const config = { grant: 'tenants:manage', tokens: ['access'] } as const;

/** How long a removal waits for processes that were asked to stop, ms: longer than the grace they have by default. */
const STOP_MS = 8_000;
const LOOK_MS = 50;

export function tenantsRoutes(api: Api, context: ApiContext): void {
  readRoutes(api, context);
  writeRoutes(api, context);
  removeRoute(api, context);
}

/** The grant counts in the tenant `default` only, whoever was given it elsewhere. */
const managing = <T>(db: Database, caller: Caller, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
  db.inTenant(caller.tenant, async (transaction) => {
    if (caller.tenant !== DEFAULT_TENANT) throw insufficient('tenants', 'manage');
    await requireGrant(transaction, caller, 'tenants', 'manage');
    return work(transaction);
  });

const unknown = (slug: string) => notFound(`Tenant '${slug}'`);

function readRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    PATH,
    { config, schema: { tags, querystring: PageQuery, response: { 200: page(Tenant) } } },
    ({ caller, query }) =>
      managing(db, caller, async (transaction) => {
        const wanted = pageOf(query, PAGES);
        const all = await listTenants(transaction);
        return envelope(wanted, all.slice(wanted.offset, wanted.offset + wanted.limit), all.length);
      }),
  );

  api.get(
    `${PATH}/:slug`,
    { config, schema: { tags, params, response: { 200: one(Tenant) } } },
    ({ caller, params: { slug } }) =>
      managing(db, caller, async (transaction) => ({ data: await existing(transaction, slug) })),
  );
}

async function existing(transaction: Transaction, slug: string): Promise<Tenant> {
  const tenant = await findTenant(transaction, slug);
  if (!tenant) throw unknown(slug);
  return tenant;
}

function writeRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    PATH,
    { config, schema: { tags, body: CreateTenant, response: { 201: one(CreatedTenant) } } },
    async ({ caller, body }, reply) => {
      const data = await managing(db, caller, (transaction) => makeTenant(transaction, body));
      return reply.code(201).send({ data });
    },
  );

  api.put(
    `${PATH}/:slug`,
    { config, schema: { tags, params, body: UpdateTenant, response: { 200: one(Tenant) } } },
    ({ caller, params: { slug }, body }) =>
      managing(db, caller, async (transaction) => {
        const { id } = await existing(transaction, slug);
        if (body.frozen && id === DEFAULT_TENANT) throw new Refusal('BAD_REQUEST', `Tenant '${slug}' cannot be frozen`);
        const changed = await changeTenant(transaction, slug, body);
        if (!changed) throw unknown(slug);
        return { data: changed };
      }),
  );
}

/** Its processes stop, its rows go in one transaction, then its files. */
function removeRoute(api: Api, { db, directory, packsDirectory }: ApiContext): void {
  api.delete(
    `${PATH}/:slug`,
    { config: { ...config, bodiless: true }, schema: { tags, params, response: { 200: one(RemovedTenant) } } },
    async ({ caller, params: { slug } }) => {
      const { id } = await managing(db, caller, (transaction) => frozen(transaction, slug));
      await standstill(db, caller, id);
      const rows = await managing(db, caller, (transaction) => removeTenant(transaction, id));
      if (rows === null) throw notFrozen(slug);
      return { data: { slug, rows, files: await removeTenantFiles(directory, packsDirectory, id) } };
    },
  );
}

const notFrozen = (slug: string) =>
  new Refusal('CONFLICT', `Tenant '${slug}' must be frozen before it is removed`, { reason: 'TENANT_NOT_FROZEN' });

async function frozen(transaction: Transaction, slug: string): Promise<Tenant> {
  const tenant = await existing(transaction, slug);
  if (!tenant.frozen) throw notFrozen(slug);
  return tenant;
}

/** Waits until nothing runs in it. Throws CONFLICT where that takes too long: it goes on stopping. */
async function standstill(db: Database, caller: Caller, id: number): Promise<void> {
  const deadline = performance.now() + STOP_MS;
  for (;;) {
    const atWork = await managing(db, caller, (transaction) => stopTenant(transaction, id));
    if (atWork === 0) return;
    if (performance.now() > deadline) {
      throw new Refusal('CONFLICT', `${atWork} processes of the tenant are still being stopped: try again`, {
        reason: 'TENANT_BUSY',
      });
    }
    await pause(LOOK_MS);
  }
}
