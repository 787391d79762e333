// Spec: the audit log has who did what from where, also what was denied, and is append-only.
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import type { Context } from '../../../helpers/scenario/context';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
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

testWithSql('S0-55 the history of a key shows each change, and no value', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const key = await newKey(ctx, `first-${ctx.nonce}`);
  await ctx.client.keys.create(key);
  await ctx.client.keys.update(key.ref, { value: `second-${ctx.nonce}` });
  await ctx.client.keys.remove(key.ref);

  const changes = await database.query<{ operation: string; changed_fields: string[] }>(
    'select operation, changed_fields, old_values, new_values from key_history where entity_ref = $1 order by id',
    [key.ref],
  );

  expect(changes.map(({ operation, changed_fields }) => [operation, changed_fields])).toEqual([
    ['INSERT', []],
    ['UPDATE', ['value', 'version']],
    ['DELETE', []],
  ]);
  expect(JSON.stringify(changes)).not.toContain(ctx.nonce);
});
