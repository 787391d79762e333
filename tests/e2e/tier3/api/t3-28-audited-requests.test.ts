// Spec: a row of the audit log has who made the request, with which token, and what it was for.
import type { Client } from '../../../../helpers/client/client';
import { claim, type Context } from '../../../../helpers/scenario/claim';
import { until } from '../../../../helpers/scenario/polling';
import { createTestTenant } from '../../../../helpers/scenario/resources/test-tenant';
import { createWritingProgram } from '../../support/artifacts/writing-program';
import { sendRawRequest, type RawRequest } from '../../support/raw-request';

const NEEDS = ['rbac', 'tenants'];

/** A request, and what its row has besides its caller and its path. */
interface Audited extends Pick<RawRequest, 'body'> {
  readonly method: NonNullable<RawRequest['method']>;
  readonly path: string;
  readonly row: readonly [category: string, resource: string, ref: string | null, status: number, id?: number];
}

const LABELLED = { pack_ref: 'own', label: 'own' };
const KEY = { ref: 'key', name: 'key', value: 'value', owner_type: 'pack', owner_pack_ref: 'own' };
const PROGRAM = { runtime_ref: 'core.shell', entrypoint: 'true' };
const DEFINITION = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
const PASSWORDS = { current_password: 'wrong-password', new_password: 'Other-pass-1' };
/** Of no row. */
const NONE = 999_999_999;
const RUNTIME = { ref: 'own.runtime', name: 'own', distributions: {}, execution_config: {} };

const REQUESTS: readonly Audited[] = [
  {
    method: 'POST',
    path: '/packs',
    body: { ref: 'own', label: 'own', version: '1.0.0' },
    row: ['pack', 'packs', 'own', 201],
  },
  { method: 'POST', path: '/triggers', body: { ref: 'own.t', ...LABELLED }, row: ['api', 'triggers', 'own.t', 201] },
  { method: 'PUT', path: '/triggers/own.t', body: { label: 'other' }, row: ['api', 'triggers', 'own.t', 200] },
  { method: 'PUT', path: '/triggers/own.no', body: { label: 'other' }, row: ['api', 'triggers', 'own.no', 404] },
  { method: 'POST', path: '/keys', body: KEY, row: ['secret', 'keys', 'key', 201] },
  { method: 'GET', path: '/keys/key', row: ['secret', 'keys', 'key', 200] },
  { method: 'DELETE', path: '/keys/key', row: ['secret', 'keys', 'key', 200] },
  { method: 'POST', path: '/runtimes', body: RUNTIME, row: ['admin', 'runtimes', 'own.runtime', 201] },
  { method: 'DELETE', path: '/runtimes/own.runtime', row: ['admin', 'runtimes', 'own.runtime', 200] },
  {
    method: 'POST',
    path: '/actions',
    body: { ref: 'own.a', ...LABELLED, ...PROGRAM },
    row: ['pack', 'actions', 'own.a', 201],
  },
  {
    method: 'POST',
    path: '/workflows',
    body: { ref: 'own.w', ...LABELLED, version: '1.0.0', definition: DEFINITION },
    row: ['pack', 'workflows', 'own.w', 201],
  },
  {
    method: 'PUT',
    path: `/inquiries/${NONE}`,
    body: { response: 1 },
    row: ['execution', 'inquiries', null, 404, NONE],
  },
  {
    method: 'POST',
    path: `/executions/${NONE}/cancel`,
    row: ['execution', 'executions', null, 404, NONE],
  },
  { method: 'DELETE', path: `/identities/${NONE}`, row: ['rbac', 'identities', null, 404, NONE] },
  {
    method: 'PUT',
    path: `/permissions/sets/${NONE}`,
    body: { grants: [] },
    row: ['rbac', 'permissions', null, 404, NONE],
  },
  { method: 'POST', path: `/workers/${NONE}/uncordon`, row: ['admin', 'workers', null, 403, NONE] },
  { method: 'PUT', path: '/tenants/none', body: { frozen: true }, row: ['admin', 'tenants', 'none', 403] },
  { method: 'PUT', path: '/retention-config', body: {}, row: ['admin', 'retention-config', null, 403] },
  { method: 'POST', path: '/auth/change-password', body: PASSWORDS, row: ['auth', 'auth', null, 401] },
  { method: 'DELETE', path: '/packs/own', row: ['pack', 'packs', 'own', 200] },
];

/** The rows of this filter, once there are so many, the oldest first. */
async function rowsOf(ctx: Context, { auditEvents }: Client, actor_identity: number, count: number) {
  const rows = await until(
    {
      name: `${count} rows of the audit log`,
      check: async () => {
        const found = await auditEvents.list({ actor_identity });
        return found.length >= count ? { is: 'met', value: found } : { is: 'pending', why: `${found.length} rows` };
      },
    },
    ctx.deadline,
  );
  const whole = await Promise.all(rows.slice(0, count).map(({ id }) => auditEvents.get(id)));
  return whole.reverse();
}

type AuditEvent = Awaited<ReturnType<Client['auditEvents']['get']>>;

const shownOf = (row: AuditEvent) => ({
  caller: [row.actor_identity, row.actor_login, row.actor_token_type],
  request: [row.http_method, row.http_path, row.http_status, row.outcome],
  object: [row.category, row.resource_type, row.resource_ref, row.resource_id],
});

const outcomeOf = (status: number): string => {
  if (status < 400) return 'success';
  return [401, 403].includes(status) ? 'denied' : 'failure';
};

/** Below the address of the API, but for log-ins and passwords. */
const pathOf = (path: string): string => (path.startsWith('/auth/') ? path : `/api/v1${path}`);

const expectedOf = ({ method, path, row: [category, resource, ref, status, id] }: Audited) => ({
  request: [method, pathOf(path), status, outcomeOf(status)],
  object: [category, resource, ref, id ?? null],
});

claim('T3.28d', NEEDS, 'a row has its caller, its token, its request and its object', async (ctx) => {
  const { client, adminId, login, token } = await createTestTenant(ctx, 'own');
  await client.executions.execute({ action_ref: 'core.noop' });

  for (const { method, path, body } of REQUESTS) {
    await sendRawRequest(ctx.facts, { method, path: pathOf(path), token, ...(body !== undefined && { body }) });
  }
  const rows = await rowsOf(ctx, client, adminId, REQUESTS.length + 1);

  const ofExecute = ['execution', 'executions', 'core.noop', 201] as const;
  const executed: Audited = { method: 'POST', path: '/executions/execute', row: ofExecute };
  const caller = [adminId, login, 'access'];
  expect(rows.map(shownOf)).toEqual([executed, ...REQUESTS].map((each) => ({ caller, ...expectedOf(each) })));
});

claim('T3.28e', ['rbac', 'sql'], 'a row of a program has the token of its execution', async (ctx) => {
  const pack = await ctx.ownPack();
  const program = await createWritingProgram(ctx, pack);
  const ref = ctx.name('key');

  await program.client.keys.create({ ref, name: ref, value: 'value', owner_type: 'pack', owner_pack_ref: pack });
  ctx.defer(() => ctx.client.keys.removeIfExists(ref));

  const [row, ...others] = await ctx.client.auditEvents.list({ resource_ref: ref });
  const { id } = await ctx.client.auth.me();
  expect(others).toEqual([]);
  expect(shownOf(await ctx.client.auditEvents.get(row!.id))).toEqual({
    caller: [id, expect.any(String), 'execution'],
    request: ['POST', '/api/v1/keys', 201, 'success'],
    object: ['secret', 'keys', ref, null],
  });
});
