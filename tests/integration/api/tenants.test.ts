import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import type { RemovedTenant, Tenant } from '../../../contract/tenants';
import { artifactsDirectory } from '../../../platform/base/directories';
import { nestDirectories } from '../../unit/files/deep-tree';
import { testAsRoot } from '../disk/small-disk';
import { createGrantHolder } from './grant-holder';
import { withAdmin } from './with-admin';

const { testApi, send, adminToken } = withAdmin();

const tenantOf = (response: LightMyRequestResponse) => response.json<{ data: Tenant }>().data;

const PASSWORD = 'long-enough-1';
let createdTenants = 0;
const newTenantBody = () => {
  const slug = `tenant-${++createdTenants}`;
  return { slug, name: 'A tenant', admin: { login: `first@${slug}`, password: PASSWORD } };
};
const logInAs = (login: string) =>
  testApi().send({ method: 'POST', url: '/auth/login', payload: { login, password: PASSWORD } });

/** A new tenant, and the token of its first admin. */
async function createTenant() {
  const body = newTenantBody();
  const response = await send('POST', '/tenants', body);
  expect(response.statusCode).toBe(201);
  const token = await testApi().logIn(body.admin.login, PASSWORD);
  return { ...tenantOf(response), login: body.admin.login, token };
}

test('a tenant has a first admin, who has no rights outside it', async () => {
  const { slug, token } = await createTenant();

  const me = (await testApi().send({ method: 'GET', url: '/auth/me' }, token)).json<{ data: object }>().data;
  expect(me).toMatchObject({ login: `first@${slug}`, assigned_permission_set_refs: ['core.admin'] });
  const identities = (await send('GET', '/identities', undefined, token)).json<{ items: { login: string }[] }>();
  expect(identities.items.map(({ login }) => login)).toEqual([`first@${slug}`]);
  for (const path of ['/tenants', `/tenants/${slug}`, '/tenants/default']) {
    expect((await send('GET', path, undefined, token)).statusCode).toBe(403);
  }
});

test('only a platform admin manages tenants and assigns that right', async () => {
  const other = await createGrantHolder(testApi().owner, [{ resource: 'permissions', actions: ['manage'] }]);
  const { token } = await createTenant();
  const give = (identity_id: number, by: string) =>
    send('POST', '/permissions/assignments', { identity_id, permission_set_ref: 'core.platform_admin' }, by);
  const own = async (by: string) =>
    (await testApi().send({ method: 'GET', url: '/auth/me' }, by)).json<{ data: { id: number } }>().data.id;

  expect((await give(await own(other), other)).statusCode).toBe(403);
  expect((await give(await own(token), token)).statusCode).toBe(403);
  expect((await send('POST', '/tenants', newTenantBody(), other)).statusCode).toBe(403);
  const sets = (await send('GET', '/permissions/sets')).json<{ id: number; ref: string }[]>();
  const { id } = sets.find(({ ref }) => ref === 'core.platform_admin')!;
  const toRole = (by: string) => send('POST', `/permissions/sets/${id}/roles`, { role: 'keepers' }, by);
  const giveRole = async (by: string) => send('POST', `/identities/${await own(other)}/roles`, { role: 'keepers' }, by);
  expect((await toRole(other)).statusCode).toBe(403);
  expect((await toRole(adminToken())).statusCode).toBe(201);
  expect((await giveRole(other)).statusCode).toBe(403);
  expect((await give(await own(other), adminToken())).statusCode).toBe(201);
  expect((await send('GET', '/tenants', undefined, other)).statusCode).toBe(200);
});

test('a taken slug or login creates no tenant', async () => {
  const body = newTenantBody();
  await send('POST', '/tenants', body);
  const before = (await send('GET', '/tenants')).json<{ items: object[] }>().items;

  const sameSlug = await send('POST', '/tenants', { ...newTenantBody(), slug: body.slug });
  const sameLogin = await send('POST', '/tenants', { ...newTenantBody(), admin: body.admin });

  expect([sameSlug.statusCode, sameLogin.statusCode]).toEqual([409, 409]);
  expect((await send('GET', '/tenants')).json<{ items: object[] }>().items).toEqual(before);
});

test('the members of a frozen tenant can neither log in, refresh nor call', async () => {
  const { slug, login, token } = await createTenant();
  const { refresh_token } = (await logInAs(login)).json<{ data: { refresh_token: string } }>().data;
  const refresh = () => testApi().send({ method: 'POST', url: '/auth/refresh', payload: { refresh_token } });

  expect(tenantOf(await send('PUT', `/tenants/${slug}`, { frozen: true }))).toMatchObject({ frozen: true });
  expect((await logInAs(login)).statusCode).toBe(403);
  expect((await refresh()).statusCode).toBe(403);
  expect((await send('GET', '/packs', undefined, token)).statusCode).toBe(403);
  await send('PUT', `/tenants/${slug}`, { frozen: false });
  expect((await logInAs(login)).statusCode).toBe(200);
  expect((await send('GET', '/packs', undefined, token)).statusCode).toBe(200);
});

test('the tenants `default` and `shared` cannot be frozen or removed', async () => {
  expect((await send('PUT', '/tenants/default', { frozen: true })).statusCode).toBe(400);
  expect((await send('DELETE', '/tenants/default')).statusCode).toBe(409);
  expect((await send('GET', '/tenants/shared')).statusCode).toBe(404);
  expect((await send('PUT', '/tenants/shared', { frozen: true })).statusCode).toBe(404);
});

/** Rows of a tenant in every table that has tenants. */
async function rowsOf(tenant: number): Promise<Record<string, number>> {
  const { owner } = testApi();
  const { rows: tables } = await owner.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await owner.query<{ n: number }>(`select count(*)::int as n from ${name} where tenant = $1`, [
      tenant,
    ]);
    if (rows[0]!.n > 0) counts[name] = rows[0]!.n;
  }
  return counts;
}

test('removal deletes every row of the frozen tenant and no other', async () => {
  const { id, slug, login, token } = await createTenant();
  const pack = { ref: 'theirs', label: 'Theirs', version: '1.0.0' };
  expect((await send('POST', '/packs', pack, token)).statusCode).toBe(201);
  expect((await send('POST', '/packs', pack)).statusCode).toBe(201);
  const key = { ref: 'theirs.key', name: 'key', value: 1, owner_type: 'pack', owner_pack_ref: 'theirs' };
  expect((await send('POST', '/keys', key, token)).statusCode).toBe(201);
  const owned = { ref: 'own.key', name: 'own', value: 1, owner_type: 'identity' };
  const me = (await testApi().send({ method: 'GET', url: '/auth/me' }, token)).json<{ data: { id: number } }>().data;
  expect((await send('POST', '/keys', { ...owned, owner_identity: me.id }, token)).statusCode).toBe(201);
  const execute = { action_ref: 'core.noop' };
  expect((await send('POST', '/executions/execute', execute, token)).statusCode).toBe(201);
  await testApi().owner.query(
    `insert into execution_event (tenant, root, execution, type) values ($1, 1, 1, 'WARNING')`,
    [id],
  );
  const mine = await rowsOf(1);

  expect((await send('DELETE', `/tenants/${slug}`)).json()).toMatchObject({ details: { reason: 'TENANT_NOT_FROZEN' } });
  await send('PUT', `/tenants/${slug}`, { frozen: true });
  const removed = (await send('DELETE', `/tenants/${slug}`)).json<{ data: RemovedTenant }>().data;

  expect(removed.rows).toMatchObject({
    pack: 1,
    key: 2,
    identity: 1,
    execution: 1,
    execution_event: expect.any(Number) as number,
  });
  expect(await rowsOf(id)).toEqual({});
  expect((await send('GET', `/tenants/${slug}`)).statusCode).toBe(404);
  expect((await logInAs(login)).statusCode).toBe(401);
  const recorded = 4; // the requests above that change something, and the log-in
  expect(await rowsOf(1)).toEqual({ ...mine, audit_event: mine.audit_event! + recorded });
});

test('the weight of a tenant is set by its manager, within bounds', async () => {
  const { slug, slot_weight: initial } = await createTenant();

  const changed = tenantOf(await send('PUT', `/tenants/${slug}`, { slot_weight: 2.5 }));
  const rejected = await Promise.all(
    [0, -1, 1_001].map((slot_weight) => send('PUT', `/tenants/${slug}`, { slot_weight })),
  );

  expect([initial, changed.slot_weight]).toEqual([1, 2.5]);
  expect(rejected.map(({ statusCode }) => statusCode)).toEqual([422, 422, 422]);
  expect(tenantOf(await send('GET', `/tenants/${slug}`)).slot_weight).toBe(2.5);
});

/** A frozen tenant, and a directory of its programs. */
async function createFrozenTenant() {
  const tenant = await createTenant();
  await send('PUT', `/tenants/${tenant.slug}`, { frozen: true });
  const artifacts = artifactsDirectory(testApi(), { tenant: tenant.id });
  mkdirSync(join(artifacts, 'inner'), { recursive: true });
  return { slug: tenant.slug, artifacts };
}

const remove = async (slug: string) => {
  const response = await send('DELETE', `/tenants/${slug}`);
  return [response.statusCode, response.json<{ data?: RemovedTenant }>().data?.files];
};

test('RT-13 a tenant is removed with directories of any depth', async () => {
  const { slug, artifacts } = await createFrozenTenant();
  nestDirectories(artifacts);

  expect(await remove(slug)).toEqual([200, { artifacts: 1 }]);
  expect(existsSync(artifacts)).toBe(false);
});

testAsRoot('a removal that failed is done by the next request', async () => {
  const { slug, artifacts } = await createFrozenTenant();
  writeFileSync(join(artifacts, 'file'), '');
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', join(artifacts, 'inner')]);

  const [failed] = await remove(slug);
  execFileSync('umount', [join(artifacts, 'inner')]);

  expect(failed).toBe(500);
  expect((await remove(slug))[0]).toBe(200);
  expect(existsSync(artifacts)).toBe(false);
  expect((await remove(slug))[0]).toBe(404);
});
