// Spec: the audit log has who did what from where, also what was denied, and is append-only.
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { callApi } from '../support/api-call';
import { createChangeableSet } from '../support/matrix/changeable-set';
import { systemTestNeeding } from '../support/system-test';
import { openTargetDatabase } from '../../../helpers/target/target-database';

const test = systemTestNeeding('rbac');
const testWithSql = systemTestNeeding('rbac', 'sql');

/** The one row that matches, whole. */
async function onlyEvent({ client }: Context, filter: Parameters<Context['client']['auditEvents']['list']>[0]) {
  const found = await client.auditEvents.list(filter);
  expect(found).toHaveLength(1);
  return client.auditEvents.get(found[0]!.id);
}

const newKey = async (ctx: Context, value: string) => ({
  ref: ctx.name('key'),
  name: ctx.name('key'),
  value,
  owner_type: 'pack' as const,
  owner_pack_ref: await ctx.ownPack(),
});

test('S0-55 a change has its caller, address, operation and outcome', async (ctx) => {
  const user = await createTestUser(ctx, 'core.admin');
  const key = await newKey(ctx, `value-${ctx.nonce}`);
  await user.client.keys.create(key);
  ctx.defer(() => ctx.client.keys.remove(key.ref));

  const event = await onlyEvent(ctx, { resource_ref: key.ref, event_type: 'keys.create' });

  expect(event).toMatchObject({
    category: 'secret',
    outcome: 'success',
    actor_identity: user.id,
    actor_login: user.login,
    actor_token_type: 'access',
    resource_type: 'keys',
    resource_ref: key.ref,
    http_method: 'POST',
    http_path: '/api/v1/keys',
    http_status: 201,
    details: null,
  });
  expect(event.actor_ip).toMatch(/^[0-9a-f.:]+$/);
  expect(JSON.stringify(event)).not.toContain(key.value);
});

test('S0-55 a denied call is recorded with the grant that it lacks', async (ctx) => {
  const user = await createTestUser(ctx, 'core.viewer');
  const key = await newKey(ctx, 'value');

  expect(await rejectionStatus(user.client.keys.create(key))).toBe(403);
  expect(await rejectionStatus(user.client.identities.list())).toBe(403);

  const change = await onlyEvent(ctx, { actor_login: user.login, resource_type: 'keys' });
  expect(change).toMatchObject({
    outcome: 'denied',
    http_status: 403,
    event_type: 'keys.create',
    actor_identity: user.id,
    details: { code: 'FORBIDDEN', grant: 'keys:create' },
  });
  const read = await onlyEvent(ctx, { actor_login: user.login, resource_type: 'identities', http_method: 'GET' });
  expect(read).toMatchObject({ outcome: 'denied', http_status: 403, details: { grant: 'identities:read' } });
});

testWithSql('S0-55 the role of the application can change no row', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);

  for (const change of [
    'delete from audit_event',
    `update audit_event set outcome = 'success'`,
    'truncate audit_event',
  ])
    await expect(database.query(`set local role tuningfork_app; ${change}`)).rejects.toMatchObject({ code: '42501' });
});

/** Reads of a key, an execution and an enforcement: whether each is a read of secrets. */
const readsOf = (key: string, execution: number, enforcement: number): Readonly<Record<string, boolean>> => ({
  '/keys': false,
  [`/keys/${key}`]: true,
  ...Object.fromEntries(
    [`/executions/${execution}`, `/enforcements/${enforcement}`].flatMap((path) => [
      [path, false],
      [`${path}?include_secret_values=false`, false],
      [`${path}?include_secret_values=true`, true],
    ]),
  ),
});

test('S0-55 a read of secrets is recorded, and no other read', async (ctx) => {
  const { client, facts } = ctx;
  const set = await createChangeableSet(client, `${facts.directory}/fixtures`);
  ctx.defer(() => client.packs.remove(set.pack));
  const resources = ['executions', 'enforcements', 'keys'];
  await set.grant(resources.map((resource) => ({ resource, actions: ['read', 'decrypt'] })));
  const user = await createTestUser(ctx, set.ref);
  const key = await newKey(ctx, 'value');
  await client.keys.create(key);
  ctx.defer(() => client.keys.remove(key.ref));
  const { rule, post } = await ctx.webhookRule({ action: 'core.noop' });
  await post({});
  const [execution] = await until(executionsToBe('completed', 1, client, { rule_ref: rule.ref }), ctx.deadline);
  const [enforcement] = await client.enforcements.list({ rule_ref: rule.ref });
  const reads = readsOf(key.ref, execution!.id, enforcement!.id);

  for (const path of Object.keys(reads)) expect((await callApi(user.token, 'GET', path)).status).toBe(200);

  const rows = await client.auditEvents.list({ actor_identity: user.id, http_method: 'GET' });
  const recorded = Object.keys(reads).filter((path) => reads[path]);
  expect(rows.reverse().map(({ http_path, outcome }) => [http_path, outcome])).toEqual(
    recorded.map((path) => [`/api/v1${path.split('?')[0]!}`, 'success']),
  );
});

const LATER = '2060-01-31T06:00:00Z';

/** Changes of a key, with the fields that each one changes beside the version. */
const KEY_CHANGES = (word: string) => [
  { change: { name: `${word}-name` }, fields: ['name'] },
  { change: { value: `second-${word}` }, fields: ['value'] },
  { change: { expires_at: LATER }, fields: ['expires_at'] },
  { change: { encrypted: true }, fields: ['encrypted', 'value'] }, // which is stored in another form
  { change: { expires_at: null, value: `third-${word}` }, fields: ['expires_at', 'value'] },
];

testWithSql('S0-55 the history of a key shows each change, and no value', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const word = ctx.name('word');
  const key = await newKey(ctx, `first-${word}`);
  await ctx.client.keys.create(key);
  for (const { change } of KEY_CHANGES(word)) await ctx.client.keys.update(key.ref, change);
  await ctx.client.keys.remove(key.ref);

  const changes = await database.query<{ operation: string; changed_fields: string[]; new_values: object | null }>(
    'select operation, changed_fields, old_values, new_values from key_history where entity_ref = $1 order by id',
    [key.ref],
  );

  expect(changes.map(({ operation, changed_fields }) => [operation, changed_fields])).toEqual([
    ['INSERT', []],
    ...KEY_CHANGES(word).map(({ fields }) => ['UPDATE', [...fields, 'version'].sort()]),
    ['DELETE', []],
  ]);
  const names = changes.map(({ new_values }) => new_values).map((shown) => shown && Object.keys(shown).sort());
  expect(names.slice(1, -1)).toEqual(changes.slice(1, -1).map(({ changed_fields }) => changed_fields));
  for (const text of ['first', 'second', 'third']) expect(JSON.stringify(changes)).not.toContain(`${text}-${word}`);
});
