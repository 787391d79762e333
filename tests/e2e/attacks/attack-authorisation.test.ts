// Spec: a caller gets no more than its grants, whatever fields, roles or rules it uses.
import type { Context } from '../../../helpers/scenario/context';
import { eventDecisionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { createTestUser, type TestUser } from '../../../helpers/scenario/resources/test-users';
import { systemTest } from '../support/system-test';
import { openTargetDatabase, type TargetDatabase } from '../../../helpers/target/target-database';
import { callApi, missingGrant } from '../support/api-call';
import { createEmptyPack, type EmptyPack } from '../support/empty-pack';
import { errorSummary } from '../support/raw-request';
import { plainTar } from '../support/raw-tar';
import { uploadRawPack } from '../support/upload-raw-pack';

/** Fields that only the platform may assign. */
const SERVER_ASSIGNED = {
  tenant: 77,
  id: 4_711,
  owner_identity: 1,
  installed_by: 1,
  status: 'completed',
  result: { stolen: true },
  parent: 1,
  is_adhoc: false,
  created: '2001-01-01T00:00:00Z',
  webhook_key: 'wh_mine',
  executor: 1,
  grants: [{ resource: 'packs', actions: ['delete'] }],
  storage: '/etc',
  frozen: true,
  version_of: 3,
};

interface CreateRequest {
  readonly path: string;
  readonly body: object;
  /** Of the fields in SERVER_ASSIGNED, those that this request may set. */
  readonly allowedFields?: readonly string[];
}

const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };

/** By table: a request that creates a row. */
const CREATE_REQUESTS: Readonly<Record<string, (pack: EmptyPack, identity: number) => CreateRequest>> = {
  pack: (pack) => ({
    path: '/packs',
    body: { ref: pack.uniqueRef('pack').replace('.', '-'), label: 'pack', version: '1.0.0' },
  }),
  action: (pack) => ({
    path: '/actions',
    body: { ...pack.component('action'), entrypoint: 'true', runtime_ref: 'core.shell' },
  }),
  trigger: (pack) => ({ path: '/triggers', body: pack.component('trigger') }),
  rule: (pack) => ({
    path: '/rules',
    body: { ...pack.component('rule'), action_ref: 'core.noop', trigger_ref: pack.trigger },
  }),
  workflow_definition: (pack) => ({
    path: '/workflows',
    body: { ...pack.component('workflow'), version: '1.0.0', definition },
  }),
  // A key of the system would be a parameter of every process of the run.
  key: (pack, identity) => {
    const ref = pack.uniqueRef('key');
    const body = { ref, name: ref, owner_type: 'identity', owner_identity: identity, value: 1 };
    return { path: '/keys', body, allowedFields: ['owner_identity'] };
  },
};

/** Fields that differ between any two rows of a table, or contain their refs. */
const UNIQUE_FIELDS = new Set(['id', 'ref', 'name', 'created', 'updated', 'workflow_def', 'definition', 'value']);

/** Creates a row with these additional fields. Returns its columns except the unique ones. */
async function createdRow(
  { client, defer, facts }: Context,
  database: TargetDatabase,
  table: string,
  { path, body, allowedFields = [] }: CreateRequest,
  extraFields: object,
) {
  const extra = Object.entries(extraFields).filter(([name]) => !allowedFields.includes(name));
  const { status, text } = await callApi(facts.token, 'POST', path, { ...Object.fromEntries(extra), ...body });
  expect([table, status, text]).toEqual([table, 201, expect.any(String)]);
  const { ref } = (JSON.parse(text) as { data: { ref: string } }).data;
  if (table === 'pack') defer(() => client.packs.remove(ref));
  if (table === 'key') defer(() => client.keys.remove(ref));
  const columns = Object.entries(await database.row(table, 'ref', ref));
  return Object.fromEntries(columns.filter(([name]) => !UNIQUE_FIELDS.has(name)));
}

systemTest('AZ-04 server-assigned fields of a create request have no effect', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const pack = await createEmptyPack(ctx);
  const { id: identity } = await ctx.client.auth.me();

  for (const [table, request] of Object.entries(CREATE_REQUESTS)) {
    const reference = await createdRow(ctx, database, table, request(pack, identity), {});
    const attacked = await createdRow(ctx, database, table, request(pack, identity), SERVER_ASSIGNED);
    expect([table, attacked]).toEqual([table, reference]);
    expect(reference).toHaveProperty('tenant', 1);
  }
});

systemTest('AZ-04 an execution starts as requested, whatever its request sets', async (ctx) => {
  const { id: identity } = await ctx.client.auth.me();
  const body = { action_ref: 'core.noop', ...SERVER_ASSIGNED };

  const { status, text } = await callApi(ctx.facts.token, 'POST', '/executions/execute', body);

  const { data } = JSON.parse(text) as { data: { id: number } };
  expect(status).toBe(201);
  expect(data).toMatchObject({ status: 'requested', parent: null, executor: identity });
  expect(data.id).not.toBe(SERVER_ASSIGNED.id);
  const { result } = await until(executionToEnd(ctx.client, data.id), ctx.deadline);
  expect(result).not.toEqual(SERVER_ASSIGNED.result);
});

systemTest('AZ-04 an identity is created without the requested id and roles', async (ctx) => {
  const login = `${ctx.name('user')}@example.test`;
  const body = { login, ...SERVER_ASSIGNED, roles: ['admins'] };

  const { status, text } = await callApi(ctx.facts.token, 'POST', '/identities', body);

  const { data } = JSON.parse(text) as { data: { id: number } };
  ctx.defer(() => ctx.client.identities.remove(data.id));
  expect([status, data.id === SERVER_ASSIGNED.id]).toEqual([201, false]);
  const identity = await ctx.client.identities.get(data.id);
  expect(identity).toMatchObject({ login, frozen: false, roles: [], direct_permissions: [] });
});

systemTest('AZ-05 an editor cannot assign permissions that it does not have', async (ctx) => {
  const pack = await createEmptyPack(ctx, { isVisibleToAll: true });
  const { id, token } = await createTestUser(ctx, 'core.editor');
  const adminSet = { permission_set_refs: ['core.admin'] };
  const rule = { ...pack.component('rule'), action_ref: 'core.noop', trigger_ref: pack.trigger };
  const execution = { action_ref: 'core.noop' };
  const post = (path: string, body: object) => callApi(token, 'POST', path, body);

  const assignment = await post('/permissions/assignments', { identity_id: id, permission_set_ref: 'core.admin' });
  expect(assignment).toMatchObject(missingGrant('permissions:manage'));
  const role = await post(`/identities/${id}/roles`, { role: 'admins' });
  expect(role).toMatchObject(missingGrant('permissions:manage'));
  const attributes = await callApi(token, 'PUT', `/identities/${id}`, { attributes: { team: 'ops' } });
  expect(attributes).toMatchObject(missingGrant('identities:update'));
  expect(errorSummary(await post('/rules', { ...rule, ...adminSet }))).toEqual([403, 'FORBIDDEN']);
  expect(errorSummary(await post('/executions/execute', { ...execution, ...adminSet }))).toEqual([403, 'FORBIDDEN']);
  const unknownSet = { permission_set_refs: ['elsewhere.everything'] };
  expect(errorSummary(await post('/executions/execute', { ...execution, ...unknownSet }))).toEqual([404, 'NOT_FOUND']);
});

systemTest('AZ-05 the last administrator cannot be deleted, frozen or unassigned', async (ctx) => {
  const { adminId: id, client, token } = await createTestTenant(ctx, 'one-admin'); // others add admins to the default one
  const { direct_permissions: sets } = await client.identities.get(id);
  const assignment = sets.find((set) => set.permission_set_ref === 'core.admin')!;

  const deletion = await callApi(token, 'DELETE', `/identities/${id}`);
  const freeze = await callApi(token, 'POST', `/identities/${id}/freeze`);
  const unassignment = await callApi(token, 'DELETE', `/permissions/assignments/${assignment.id}`);

  expect(errorSummary(deletion)).toEqual([400, 'BAD_REQUEST']);
  expect(errorSummary(freeze)).toEqual([400, 'BAD_REQUEST']);
  expect(errorSummary(unassignment)).toEqual([409, 'CONFLICT', 'LAST_ADMIN']);
  expect((await client.auth.me()).assigned_permission_set_refs).toContain('core.admin');
});

/** A webhook rule of a user. `post` returns the decision on one event and the execution count. */
async function createRuleOwnedBy(ctx: Context, owner: TestUser) {
  const { client } = ctx;
  const pack = await createEmptyPack(ctx, { isVisibleToAll: true });
  const { webhook_key: key } = await client.triggers.enableWebhook(pack.trigger);
  const { ref } = await owner.client.rules.create({
    ...pack.component('rule'),
    action_ref: 'core.noop',
    trigger_ref: pack.trigger,
  });
  const post = async () => {
    const { event_id: event } = await client.webhooks.post(key!, { payload: {} });
    await until(eventDecisionsToBe(1, client, event), ctx.deadline);
    const [decision] = await client.events.decisions(event);
    return { code: decision?.code, executions: (await client.executions.list({ rule_ref: ref })).length };
  };
  return { ref, post };
}

systemTest('AZ-05 a rule acts with the current permissions of its owner', async (ctx) => {
  const { permissions, identities, rules } = ctx.client;
  const owner = await createTestUser(ctx, 'core.editor');
  const rule = await createRuleOwnedBy(ctx, owner);
  expect(await rule.post()).toEqual({ code: null, executions: 1 });

  const [assignment] = await permissions.assignments(owner.id);
  await permissions.unassign(assignment!.id);
  expect(await rule.post()).toEqual({ code: 'OWNER_NOT_ALLOWED', executions: 1 });

  await permissions.assign({ identity_id: owner.id, permission_set_ref: 'core.executor' });
  expect(await rule.post()).toEqual({ code: null, executions: 2 });

  await identities.freeze(owner.id);
  expect(await rule.post()).toEqual({ code: 'OWNER_NOT_ALLOWED', executions: 2 });

  await identities.remove(owner.id);
  expect(await rule.post()).toEqual({ code: 'OWNER_NOT_ALLOWED', executions: 2 });

  await rules.update(rule.ref, { label: 'owned by the administrator' });
  expect(await rule.post()).toEqual({ code: null, executions: 3 });
});

/** A tenant with a rule of a pack, which acts for the system, and an editor of that tenant. */
async function createPackRule(ctx: Context) {
  const tenant = await createTestTenant(ctx, 'pack-rule');
  const ref = ctx.name('pack');
  const archive = plainTar({
    'pack.yaml': `ref: ${ref}\nlabel: rules\nversion: 1.0.0\n`,
    'triggers/hook.yaml': `ref: ${ref}.hook\n`,
    'rules/on.yaml': `ref: ${ref}.on\nlabel: On\ntrigger_ref: hook\naction_ref: core.noop\n`,
  });
  await uploadRawPack({ url: ctx.facts.url, token: tenant.token }, archive);
  const changer = await createTestUser({ ...ctx, client: tenant.client, defer: () => undefined }, 'core.editor');
  return { rule: `${ref}.on`, changer, client: tenant.client };
}

systemTest('AZ-05 who changes a rule of a pack owns it, in each tenant', async (ctx) => {
  const { rule, changer, client } = await createPackRule(ctx);
  const owner = async () => (await client.rules.get(rule)).owner_identity ?? null;
  expect(await owner()).toBe(null);

  await changer.client.rules.update(rule, { label: 'Renamed' });
  expect(await owner()).toBe(null);
  await client.rules.update(rule, { action_params: { message: 'of the administrator' } });
  expect(await owner()).toBe(null);
  await changer.client.rules.update(rule, { action_params: { message: 'of the editor' } });
  expect(await owner()).toBe(changer.id);
});

systemTest('AZ-05 a changed assignment takes effect with the next request', async (ctx) => {
  const { id, token } = await createTestUser(ctx, null);
  const listKeys = async () => (await callApi(token, 'GET', '/keys')).status;
  const before = await listKeys();

  const { id: assignment } = await ctx.client.permissions.assign({
    identity_id: id,
    permission_set_ref: 'core.viewer',
  });
  const assigned = await listKeys();
  await ctx.client.permissions.unassign(assignment);

  expect([before, assigned, await listKeys()]).toEqual([403, 200, 403]);
});
