// Spec: the audit log names who changed what, and who was denied, without any secret value.
import type { Client } from '../../../../helpers/client/client';
import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { claim, type Context } from '../../../../helpers/scenario/claim';
import { until, type Condition } from '../../../../helpers/scenario/polling';
import { expectHidden } from '../../../../helpers/scenario/resources/secret-encodings';
import { createTestUser } from '../../../../helpers/scenario/resources/test-users';
import { errorSummary, sendRawRequest } from '../../support/raw-request';

const THROTTLED = ['target.exclusive', 'auth.throttle'];

type List = Client['auditEvents']['list'];

/**
 * As many rows as expected, newest first. A platform may write them a moment after its response,
 * and names its events as it likes.
 */
const auditRows = (
  { auditEvents }: Client,
  count: number,
  filter: Parameters<List>[0],
): Condition<Awaited<ReturnType<List>>> => ({
  name: `${count} rows of ${JSON.stringify(filter)}`,
  check: async () => {
    const rows = await auditEvents.list(filter);
    if (rows.length > count) return { is: 'impossible', why: `there are ${rows.length}` };
    return rows.length === count ? { is: 'met', value: rows } : { is: 'pending', why: `there are ${rows.length}` };
  },
});

/** A user creates a key twice, of which the second fails, and removes it. Returns its value. */
async function changeKey(ctx: Context, client: Client, ref: string): Promise<string> {
  const value = `${ctx.nonce}-secret`;
  const owner = { owner_type: 'pack', owner_pack_ref: await ctx.ownPack() } as const;
  const key = { ref, name: ref, ...owner, value, encrypted: true };
  await client.keys.create(key);
  ctx.defer(() => ctx.client.keys.removeIfExists(ref));
  await expect(client.keys.create(key)).rejects.toMatchObject({ status: 409 });
  await client.keys.remove(ref);
  return value;
}

/** Changes whose body names other objects. Returns the refs of what is changed. */
async function changeNamingOthers({ client, ownPack, name, defer }: Context, by: Client): Promise<string[]> {
  const pack_ref = await ownPack();
  await client.packs.update(pack_ref, { is_standard: true });
  const component = (part: string) => ({ pack_ref, ref: `${pack_ref}.${name(part)}`, label: part });
  const { ref: trigger_ref } = await client.triggers.create(component('trigger'));
  const rule = await client.rules.create({ ...component('rule'), trigger_ref, action_ref: 'core.noop' });
  const queue = await client.queues.create({ ref: name('queue'), label: 'queue', dispatch_action_ref: 'core.noop' });
  defer(() => client.queues.remove(queue.ref));
  await by.rules.update(rule.ref, { action_ref: 'core.echo', trigger_ref });
  await by.queues.update(queue.ref, { dispatch_action_ref: 'core.echo' });
  return [rule.ref, queue.ref];
}

claim('T3.28a', ['rbac', 'keys.encryption'], 'each change is one row with its actor, object and end', async (ctx) => {
  const { id, login, client } = await createTestUser(ctx, 'core.admin');
  const ref = ctx.name('k');
  expect(await ctx.client.auditEvents.list({ resource_ref: ref })).toEqual([]);

  const secret = await changeKey(ctx, client, ref);

  const changes = await until(auditRows(ctx.client, 2, { resource_ref: ref, outcome: 'success' }), ctx.deadline);
  const failures = await until(auditRows(ctx.client, 1, { actor_identity: id, outcome: 'failure' }), ctx.deadline);
  expect(changes.map(({ category }) => category)).toEqual(['secret', 'secret']);
  expect(new Set(changes.map(({ event_type }) => event_type)).size).toBe(2);
  expect(failures.map((row) => [row.http_method, row.http_status])).toEqual([['POST', 409]]);
  const rows = [...changes, ...failures];
  expect(rows.map((row) => [row.actor_identity, row.actor_login])).toEqual(rows.map(() => [id, login]));
  const whole = await Promise.all(rows.map((row) => ctx.client.auditEvents.get(row.id)));
  expectHidden(secret, login, ...whole);
  const changed = await changeNamingOthers(ctx, client);
  const named = await until(auditRows(ctx.client, 2, { actor_identity: id, http_method: 'PUT' }), ctx.deadline);
  expect(named.map((row) => row.resource_ref)).toEqual(changed.reverse());
});

claim('T3.28b', ['rbac'], 'a denied request is one row of its caller, who cannot read the log', async (ctx) => {
  const { id, client } = await createTestUser(ctx, 'core.viewer');
  const ref = ctx.name('pack');

  const statuses = [
    await rejectionStatus(client.packs.create({ ref, label: 'denied', version: '1.0.0' })),
    await rejectionStatus(client.auditEvents.list({ actor_identity: id })),
  ];

  expect(statuses).toEqual([403, 403]);
  const filter = { actor_identity: id, outcome: 'denied', http_method: 'POST' } as const;
  const denied = await until(auditRows(ctx.client, 1, filter), ctx.deadline);
  expect(denied.map((row) => [row.http_path, row.http_status])).toEqual([['/api/v1/packs', 403]]);
  const { details } = await ctx.client.auditEvents.get(denied[0]!.id);
  if (ctx.canProve('executions.log')) expect(details).toEqual({ code: 'FORBIDDEN', grant: 'packs:create' });
  expect(await ctx.client.packs.getOrNull(ref)).toBeNull();
  const without = await createTestUser(ctx, null);
  expect(await rejectionStatus(without.client.queues.list())).toBe(403);
  const reads = { actor_identity: without.id, outcome: 'denied', http_method: 'GET' } as const;
  const read = await until(auditRows(ctx.client, 1, reads), ctx.deadline);
  expect(read.map((row) => [row.http_path, row.http_status])).toEqual([['/api/v1/queues', 403]]);
});

claim('T3.28c', THROTTLED, 'a log-in beyond the limit is denied in the log', async (ctx) => {
  const { tries_per_minute: attempts } = ctx.facts.capabilities['auth.throttle'] as { tries_per_minute: number };
  const { id, login, password } = await createTestUser(ctx, null);
  const logIn = (given: string) =>
    sendRawRequest(ctx.facts, { method: 'POST', path: '/auth/login', body: { login, password: given } });

  for (let n = 0; n < attempts; n++) await logIn('wrong-password');
  const beyond = await logIn(password);

  const ofLogIn = { actor_identity: id, http_method: 'POST' };
  const wrong = await until(auditRows(ctx.client, attempts, { ...ofLogIn, http_status: 401 }), ctx.deadline);
  const limited = await until(auditRows(ctx.client, 1, { ...ofLogIn, http_status: beyond.status }), ctx.deadline);
  expect(errorSummary(beyond)).toEqual([429, 'TOO_MANY_REQUESTS', 'LOGIN_THROTTLED']);
  const rows = [...limited, ...wrong];
  expect(rows.map((row) => [row.category, row.outcome, row.actor_login])).toEqual(
    rows.map(() => ['auth', 'denied', login]),
  );
  const { details } = await ctx.client.auditEvents.get(limited[0]!.id);
  expect(details).toEqual({ code: 'TOO_MANY_REQUESTS' });
});
