// Spec: what is stored under a key is what a running action reads, with its type, for its readers alone and for its lifetime.
import { createHash } from 'node:crypto';
import { judgeBound } from '../../../helpers/bounds';
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { instant } from '../../../helpers/instant';
import { keyToComeAndGo, type KeyRead } from '../../../helpers/key-conditions';
import { personWith } from '../../../helpers/people';
import { until } from '../../../helpers/polling';
import { spelt } from '../../../helpers/spellings';
import type { Parameters } from '../../../helpers/workflow';

const NEEDS = ['keys.from_actions', 'ledger.shared'];

type Value = Parameters[string];

/** Stores a value that belongs to the action which reads it; gone after the test. */
const store = async (
  ctx: Context,
  ref: string,
  value: Value,
  more: { encrypted?: boolean; ttl_seconds?: number } = {},
) => {
  const owner = { owner_type: 'action' as const, owner_action_ref: ctx.action('read-key') };
  const key = await ctx.client.keys.create({ ref, name: ref, value, ...owner, ...more });
  ctx.defer(() => ctx.client.keys.removeIfThere(ref));
  return key;
};

/** What `read-key` got to see, with the permission sets that it has by itself or with these. */
const read = async (ctx: Context, ref: string, sets?: string[]) => {
  const { id } = await ctx.client.executions.execute({
    action_ref: ctx.action('read-key'),
    parameters: { ...ctx.signed('read'), refs: [ref] },
    ...(sets && { permission_set_refs: sets }),
  });
  return until(executionToBe('completed', ctx.client, id), ctx.deadline);
};

const MISSING = { data: { status: 404, value: null, sha256: null } };

/** Every name of the store's list that begins so. */
const named = async (ctx: Context, prefix: string): Promise<string[]> =>
  (await ctx.client.keys.list()).map(({ ref }) => ref).filter((ref) => ref.startsWith(prefix));

claim('T1.6a', NEEDS, 'an action reads a stored value with its own credential', async (ctx) => {
  await ctx.pack('e2e');
  const K = ctx.name('k');
  const value = ctx.name('value');
  await store(ctx, K, value);

  const [permitted, denied] = [await read(ctx, K), await read(ctx, K, [])];

  expect(permitted.result).toMatchObject({ data: { status: 200, value } });
  expect(denied.result).toMatchObject({ data: { status: ctx.facts.choices.deniedStatus, value: null, sha256: null } });
  expect(spelt(value, denied)).toEqual([]);
});

claim('T1.6b', NEEDS, 'a missing key is reported as missing and is not created', async (ctx) => {
  await ctx.pack('e2e');
  const [none, control] = [ctx.name('none'), ctx.name('control')];
  await store(ctx, control, ctx.nonce);

  await expect(ctx.client.keys.get(none)).rejects.toMatchObject({ status: 404 });
  const [missing, found] = [await read(ctx, none), await read(ctx, control)];

  expect(missing.result).toMatchObject(MISSING);
  expect(found.result).toMatchObject({ data: { status: 200, value: ctx.nonce } });
  expect([await named(ctx, none), await named(ctx, control)]).toEqual([[], [control]]);
});

claim('T1.6c', NEEDS, 'several typed values are stored, listed and deleted independently', async (ctx) => {
  await ctx.pack('e2e');
  const base = ctx.name('k');
  const values = new Map<string, Value>([
    [base, 30],
    [`${base}-1`, 3],
    [`${base}-11`, 'text'],
    [`${base}-2`, true],
  ]);
  const refs = [...values.keys()];
  const valuesNow = () => Promise.all(refs.map(async (ref) => (await ctx.client.keys.getOrNull(ref))?.value));

  for (const [ref, value] of values) await store(ctx, ref, value);
  const written = await valuesNow();
  const seen = await Promise.all(refs.map(async (ref) => (await read(ctx, ref)).result));
  for (const ref of [base, `${base}-1`]) await ctx.client.keys.remove(ref);

  expect(written).toStrictEqual([30, 3, 'text', true]);
  expect(seen).toMatchObject([30, 3, 'text', true].map((value) => ({ data: { status: 200, value } })));
  expect(await valuesNow()).toStrictEqual([undefined, undefined, 'text', true]);
  await expect(ctx.client.keys.get(base)).rejects.toMatchObject({ status: 404 });
  expect(await named(ctx, base)).toEqual([`${base}-11`, `${base}-2`]);
});

const ENCRYPTED = [...NEEDS, 'keys.encryption', 'rbac'];

claim('T1.6d', ENCRYPTED, 'an encrypted value reaches only permitted readers', async (ctx) => {
  await ctx.pack('e2e');
  const [E, secret] = [ctx.name('e'), ctx.name('secret')];
  const told: unknown[] = [];
  const observe = (...[, , , body]: unknown[]) => void told.push(body);
  const user = await personWith(ctx, 'core.viewer', { observe });
  await store(ctx, E, secret, { encrypted: true });

  const { id, result } = await read(ctx, E);
  const closed = await user.keys.get(E);
  const listed = (await user.keys.list()).filter(({ ref }) => ref === E);
  await Promise.all([
    user.executions.get(id),
    user.executions.list({}),
    user.executions.tree(id),
    user.executions.log(id),
  ]);

  const sha256 = createHash('sha256').update(JSON.stringify(secret)).digest('hex');
  expect(result).toMatchObject({ data: { status: 200, sha256 } });
  expect([closed.encrypted, closed.value, listed.map(({ encrypted }) => encrypted)]).toEqual([true, null, [true]]);
  expect(told.length).toBeGreaterThanOrEqual(6); // every answer above was looked at
  expect(spelt(E, told)).toContain(E);
  expect(spelt(secret, told)).toEqual([]);
  expect((await ctx.client.keys.get(E)).value).toBe(secret);
});

const TTL_MS = 1_000;
/** The nearest wrong lifetime: one that is ignored, or counted in another unit. */
const MARGIN_MS = 10_000;

claim.concurrent(
  'T1.6e',
  [...NEEDS, 'keys.ttl'],
  'a value with lifetime 1 s is readable before and gone after',
  async (ctx) => {
    await ctx.pack('e2e');
    const [K1, K2] = [ctx.name('k1'), ctx.name('k2')];
    const reads: KeyRead[] = [];
    await store(ctx, K2, ctx.nonce);
    const { created } = await store(ctx, K1, ctx.nonce, { ttl_seconds: TTL_MS / 1_000 });

    await until(keyToComeAndGo(ctx.client, K1, reads), ctx.deadline);

    const expiry = instant(created) + TTL_MS;
    const before = reads.filter(({ answeredAt }) => answeredAt < expiry);
    expect(before.length).toBeGreaterThanOrEqual(3); // enough looks
    expect(before.filter((look) => look.created === null)).toEqual([]);
    const gone = reads.at(-1)!;
    expect([gone.created, gone.answeredAt >= expiry]).toEqual([null, true]);
    const latest = expiry + ctx.facts.choices.sweepMs;
    expect(judgeBound(gone.answeredAt, latest, ctx.slackMs('run'), MARGIN_MS)).toBe('within');
    expect([await named(ctx, K1), await named(ctx, K2)]).toEqual([[], [K2]]);
    expect((await read(ctx, K1)).result).toMatchObject(MISSING);
    expect((await read(ctx, K2)).result).toMatchObject({ data: { status: 200, value: ctx.nonce } });
  },
);

claim('T1.6f', NEEDS, 'overwriting keeps one record and readers see the new value', async (ctx) => {
  await ctx.pack('e2e');
  const [K, v1, v2] = [ctx.name('k'), ctx.name('v1'), ctx.name('v2')];
  await store(ctx, K, v1);
  const first = await read(ctx, K);

  await ctx.client.keys.update(K, { value: v2 });
  const second = await read(ctx, K);

  expect([first.result, second.result]).toMatchObject([{ data: { value: v1 } }, { data: { status: 200, value: v2 } }]);
  const { created, updated } = await ctx.client.keys.get(K);
  expect(instant(updated)).toBeGreaterThan(instant(created));
  const list = await ctx.client.keys.list();
  expect(list.filter(({ ref, name }) => ref === K || name === K)).toHaveLength(1);
  expect(spelt(v1, list)).toEqual([]);
});

claim('T1.6g', NEEDS, 'structured values keep structure inside the action', async (ctx) => {
  await ctx.pack('e2e');
  const K = ctx.name('k');
  const value = { list: [1, 'two', [3]], nested: { on: true, off: false }, zero: 0, empty: '', nonce: ctx.nonce };

  await store(ctx, K, value);
  const { result } = await read(ctx, K);

  const sha256 = createHash('sha256')
    .update(JSON.stringify((await ctx.client.keys.get(K)).value))
    .digest('hex');
  expect(result).toMatchObject({ data: { status: 200, sha256, all: { [K]: { value } } } });
  expect((result as { data: { value: unknown } }).data.value).toStrictEqual(value);
});
