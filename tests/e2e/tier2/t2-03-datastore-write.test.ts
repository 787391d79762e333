// Spec: what one execution writes into the store is what another reads, closed to whoever may not decrypt it, for as long as it was meant to live.
import { createHash } from 'node:crypto';
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { IN_BOTH_CLOCKS, precedes } from '../../../helpers/intervals';
import { keyToComeAndGo, type KeyRead } from '../../../helpers/key-conditions';
import { only, statusByTask } from '../../../helpers/lineage';
import { personWith } from '../../../helpers/people';
import { until } from '../../../helpers/polling';
import { spellings, spelt } from '../../../helpers/spellings';
import { openStore } from '../../../helpers/sql';
import { onSuccess, task, type Parameters } from '../../../helpers/workflow';

const NEEDS = ['keys.from_actions', 'ledger.shared'];

const sha256 = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Runs a fixture to its end, with the permission sets that it has by itself or with these. */
async function run(ctx: Context, action: string, parameters: Parameters, sets?: string[]) {
  const { id } = await ctx.client.executions.execute({
    action_ref: ctx.action(action),
    parameters: { ...ctx.signed(action), ...parameters },
    ...(sets && { permission_set_refs: sets }),
  });
  return until(executionToBe('completed', ctx.client, id), ctx.deadline);
}

/** What `write-key` is told: the key is the action's that reads it, so that no other is handed it. */
const written = (ctx: Context, ref: string, more: Parameters): Parameters => ({
  ref,
  owner_action_ref: ctx.action('read-key'),
  ...more,
});

claim('T2.3a', [...NEEDS, 'rbac'], 'one action writes, the API and another action read the same value', async (ctx) => {
  await ctx.pack('e2e');
  const K = ctx.name('k');
  const value = { n: ctx.nonce, c: 3 };
  expect(await ctx.client.keys.getOrNull(K)).toBeNull();

  const refused = await run(ctx, 'write-key', written(ctx, K, { value }), ['core.viewer']);
  expect(refused.result).toMatchObject({ data: { status: 403 } });
  expect(await ctx.client.keys.getOrNull(K)).toBeNull();
  const writing = await run(ctx, 'write-key', written(ctx, K, { value }));
  const reading = await run(ctx, 'read-key', { refs: [K] });

  expect(writing.result).toMatchObject({ data: { status: 201, sha256: sha256(value) } });
  expect((await ctx.client.keys.get(K)).value).toEqual(value);
  expect(reading.result).toMatchObject({ data: { status: 200, value, sha256: sha256(value) } });
  expect((await ctx.client.keys.list()).filter(({ name }) => name === K)).toHaveLength(1);
});

claim('T2.3b', NEEDS, 'task B receives through the store what task A wrote', async (ctx) => {
  await ctx.pack('e2e');
  const B = (ref: string) => task(ctx, 'B', 'read-key', { refs: [ref] }, onSuccess('C'));
  const C = task(ctx, 'C', 'echo-params', { v: '{{ task.B.value }}' });
  const [K, none] = [ctx.name('k'), ctx.name('none')];
  const A = task(ctx, 'A', 'write-key', written(ctx, K, { value: ctx.nonce }), onSuccess('B'));
  const flows = [await ctx.workflow([A, B(K), C]), await ctx.workflow([B(none), C], { name: 'without-a' })];

  const roots = await Promise.all(flows.map(({ ref }) => ctx.client.executions.execute({ action_ref: ref })));
  for (const { id } of roots) await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const [children = [], control = []] = await Promise.all(roots.map(({ id }) => ctx.client.executions.children(id)));
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'completed', C: 'completed' });
  expect(precedes(only('A', children), only('B', children), ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
  expect(precedes(only('B', children), only('C', children), ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
  const resultOf = async (name: string, of: typeof children) =>
    (await ctx.client.executions.get(only(name, of).id)).result;
  expect(await resultOf('C', children)).toMatchObject({ data: { params: { v: ctx.nonce } } });
  expect((await ctx.client.keys.get(K)).value).toBe(ctx.nonce);
  expect(statusByTask(control)).toEqual({ B: 'completed', C: 'completed' });
  expect(await resultOf('B', control)).toMatchObject({ data: { status: 404 } });
  expect(await resultOf('C', control)).toMatchObject({ data: { params: { v: null } } });
});

const ENCRYPTED = [...NEEDS, 'keys.encryption', 'rbac'];

claim('T2.3c', ENCRYPTED, 'an encrypted value is closed to readers without decrypt right', async (ctx) => {
  await ctx.pack('e2e');
  const reader = await personWith(ctx, 'core.viewer');
  const [E, secret] = [ctx.name('e'), ctx.name('secret')];

  const writing = await run(ctx, 'write-key', written(ctx, E, { secret }));
  const reading = await run(ctx, 'read-key', { refs: [E] });

  expect(writing.result).toMatchObject({ data: { status: 201, sha256: sha256(secret) } });
  expect(reading.result).toMatchObject({ data: { status: 200, sha256: sha256(secret) } });
  expect((await ctx.client.keys.get(E)).value).toBe(secret);
  const closed = await reader.keys.get(E);
  const listed = (await reader.keys.list()).filter(({ ref }) => ref === E);
  expect([closed.encrypted, closed.value, listed.map(({ encrypted }) => encrypted)]).toEqual([true, null, [true]]);
  expect([spelt(secret, closed), spelt(secret, listed)]).toEqual([[], []]);
  const story = [await ctx.client.executions.log(writing.id), await ctx.client.executions.tree(writing.id)];
  expect([spelt(secret, writing), spelt(secret, story), spelt(E, writing).includes(E)]).toEqual([[], [], true]);
});

const TTL_MS = 1_000;

claim.concurrent(
  'T2.3d',
  [...NEEDS, 'keys.ttl'],
  'a value with a lifetime of 1 s goes, its neighbour stays',
  async (ctx) => {
    await ctx.pack('e2e');
    const [K1, K2] = [ctx.name('k1'), ctx.name('k2')];
    const reads: KeyRead[] = [];

    await run(ctx, 'write-key', written(ctx, K2, { value: ctx.nonce }));
    const writing = run(ctx, 'write-key', written(ctx, K1, { value: ctx.nonce, ttl_seconds: TTL_MS / 1_000 }));
    const [created] = await Promise.all([until(keyToComeAndGo(ctx.client, K1, reads), ctx.deadline), writing]);
    const reading = await run(ctx, 'read-key', { refs: [K1, K2] });

    const expiry = created + TTL_MS;
    const found = reads.filter((read) => read.created !== null);
    expect(found.filter(({ answeredAt }) => answeredAt < expiry).length).toBeGreaterThanOrEqual(3); // enough looks
    const latest = expiry + ctx.facts.choices.sweepMs + ctx.slackMs('mark');
    expect(found.filter(({ sentAt }) => sentAt >= latest)).toEqual([]);
    expect(reads.at(-1)!.answeredAt).toBeGreaterThanOrEqual(expiry);
    const all = { [K1]: { status: 404 }, [K2]: { status: 200, value: ctx.nonce } };
    expect(reading.result).toMatchObject({ data: { all } });
    const names = (await ctx.client.keys.list()).map(({ name }) => name);
    expect([K1, K2].map((name) => names.includes(name))).toEqual([false, true]);
  },
);

const RAW = [...NEEDS, 'keys.encryption', 'sql'];

claim('T2.3e', RAW, 'the raw store holds no plaintext of an encrypted value', async (ctx) => {
  await ctx.pack('e2e');
  await using store = await openStore(ctx.facts.databaseUrl ?? '');
  const [plain, secret] = [ctx.name('plain'), ctx.name('secret')];
  const [P, E] = [ctx.name('p'), ctx.name('e')];

  await run(ctx, 'write-key', written(ctx, P, { value: plain }));
  const writing = await run(ctx, 'write-key', written(ctx, E, { secret }));

  expect(writing.result).toMatchObject({ data: { status: 201, sha256: sha256(secret) } });
  expect((await ctx.client.keys.get(E)).encrypted).toBe(true);
  expect(await store.holding(spellings(plain))).toContain('public.key: 1');
  expect(await store.holding(spellings(secret))).toEqual([]);
});
