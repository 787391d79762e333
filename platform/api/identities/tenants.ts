import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { CreateTenant, CreatedTenant, RemovedTenant, Tenant, UpdateTenant } from '../../../contract/tenants';
import type { Caller } from '../../auth/caller';
import { artifactsDirectory, environmentsDirectory, logsDirectory } from '../../base/directories';
import { DomainError, notFound } from '../../base/domain-error';
import { removeTree } from '../../files/remove-tree';
import { DEFAULT_TENANT, type Database, type Transaction } from '../../store/database/connection';
import { cancelTenantWork, unassignTenantWork } from '../../store/executions/tenant-work';
import { createTenant, findTenant, listTenants, removeTenant, updateTenant } from '../../store/identities/tenants';
import type { Api, ApiContext } from '../http/context';
import { wholeListRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route, routeAfterCommit } from '../http/route';

const PATH = '/api/v1/tenants';
const tags = ['tenants'];
const params = Type.Object({ slug: Type.String() });

/**
 * The grant is valid in the tenant `default` only. Service tokens, which pass every check of a
 * grant, are not accepted.
 */
const manager = {
  extension: 'tenants',
  grant: 'tenants:manage',
  tokens: ['access'],
  defaultTenantOnly: true,
  grantFirst: true,
} as const;

/**
 * How long a removal waits for cancelled processes, ms: longer than their default grace period.
 */
const STOP_TIMEOUT_MS = 8_000;
const POLL_MS = 50;

export function tenantsRoutes(api: Api, context: ApiContext): void {
  readRoutes(api);
  changeRoutes(api);
  removeRoute(api, context);
}

const tenantNotFound = (slug: string) => notFound(`Tenant '${slug}'`);

async function loadTenant(transaction: Transaction, slug: string): Promise<Tenant> {
  const tenant = await findTenant(transaction, slug);
  if (!tenant) throw tenantNotFound(slug);
  return tenant;
}

function readRoutes(api: Api): void {
  wholeListRoute(api, {
    ...manager,
    path: PATH,
    tags,
    item: Tenant,
    pages: DEFAULT_PAGES,
    listAll: ({ transaction }) => listTenants(transaction),
  });

  route(api, {
    ...manager,
    method: 'GET',
    path: `${PATH}/:slug`,
    schema: { tags, params, response: { 200: dataEnvelope(Tenant) } },
    load: ({ transaction, params: { slug } }) => loadTenant(transaction, slug),
    handle: ({ loaded }) => ({ data: loaded }),
  });
}

function changeRoutes(api: Api): void {
  route(api, {
    ...manager,
    method: 'POST',
    path: PATH,
    schema: { tags, body: CreateTenant, response: { 201: dataEnvelope(CreatedTenant) } },
    handle: async ({ transaction, body }) => ({ data: await createTenant(transaction, body) }),
  });

  route(api, {
    ...manager,
    method: 'PUT',
    path: `${PATH}/:slug`,
    schema: { tags, params, body: UpdateTenant, response: { 200: dataEnvelope(Tenant) } },
    load: ({ transaction, params: { slug } }) => loadTenant(transaction, slug),
    handle: async ({ transaction, params: { slug }, body, loaded }) => {
      if (body.frozen && loaded.id === DEFAULT_TENANT) {
        throw new DomainError('BAD_REQUEST', `Tenant '${slug}' cannot be frozen`);
      }
      const changed = await updateTenant(transaction, slug, body);
      if (!changed) throw tenantNotFound(slug);
      if (body.frozen) await unassignTenantWork(transaction, loaded.id);
      return { data: changed };
    },
  });
}

/**
 * Stops the tenant's processes, removes its files, then its rows in one transaction: what failed
 * can be requested again, as long as there is a row of the tenant.
 */
function removeRoute(api: Api, { db, directory, packsDirectory }: ApiContext): void {
  routeAfterCommit(api, {
    ...manager,
    method: 'DELETE',
    path: `${PATH}/:slug`,
    ignoresBody: true,
    schema: { tags, params, response: { 200: dataEnvelope(RemovedTenant) } },
    load: ({ transaction, params: { slug } }) => loadFrozenTenant(transaction, slug),
    respond: async ({ caller, params: { slug }, loaded: { id } }) => {
      await waitUntilIdle(db, caller, id);
      await requireStillFrozen(db, caller, slug);
      const files = await removeTenantFiles(directory, packsDirectory, id);
      const rows = await db.inTenant(caller.tenant, (transaction) => removeTenant(transaction, id));
      if (rows === null) throw notFrozenError(slug);
      return { data: { slug, rows, files } };
    },
  });
}

const notFrozenError = (slug: string) =>
  new DomainError('CONFLICT', `Tenant '${slug}' must be frozen before it is removed`, { reason: 'TENANT_NOT_FROZEN' });

/** It may have been unfrozen while its processes were stopped: its files are then kept. */
const requireStillFrozen = (db: Database, caller: Caller, slug: string): Promise<Tenant> =>
  db.inTenant(caller.tenant, (transaction) => loadFrozenTenant(transaction, slug));

async function loadFrozenTenant(transaction: Transaction, slug: string): Promise<Tenant> {
  const tenant = await loadTenant(transaction, slug);
  if (!tenant.frozen) throw notFrozenError(slug);
  return tenant;
}

/**
 * Waits until nothing runs in the tenant. CONFLICT after STOP_TIMEOUT_MS; its processes are still
 * being stopped then.
 */
async function waitUntilIdle(db: Database, caller: Caller, id: number): Promise<void> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  for (;;) {
    const running = await db.inTenant(caller.tenant, (transaction) => cancelTenantWork(transaction, id));
    if (running === 0) return;
    if (performance.now() > deadline) {
      const text = `${running} processes of the tenant are still being stopped: try again`;
      throw new DomainError('CONFLICT', text, { reason: 'TENANT_BUSY' });
    }
    await pause(POLL_MS);
  }
}

/**
 * Removes what a tenant has on this host: its packs, environments, logs, and what its executions
 * share. `directory` is the platform's. Answers how many files each place held; what held none is
 * left out.
 */
async function removeTenantFiles(
  directory: string,
  packsDirectory: string,
  tenant: number,
): Promise<Record<string, number>> {
  const directories = {
    packs: join(packsDirectory, String(tenant)),
    environments: environmentsDirectory({ directory }, { tenant }),
    artifacts: artifactsDirectory({ directory }, { tenant }),
    logs: logsDirectory({ directory }, { tenant }),
  };
  const removed: Record<string, number> = {};
  for (const [name, path] of Object.entries(directories)) {
    const files = await removeTree(path);
    if (files > 0) removed[name] = files;
  }
  return removed;
}
