// Spec: a key has one record, one owner, and the lifetime that was set last.
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { parseInstant, secondsBetween } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { keyToExpire } from '../../../helpers/scenario/conditions/key-conditions';
import { until } from '../../../helpers/scenario/polling';
import { runWithRights } from '../../../helpers/scenario/resources/key-actions';
import { expectExpiry } from '../../../helpers/scenario/resources/key-lifetime';
import { expectHidden } from '../../../helpers/scenario/resources/secret-encodings';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { ownedByAction, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { createTestUser, createUserClient } from '../../../helpers/scenario/resources/test-users';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['keys.from_actions', 'runtimes.node', 'ledger.shared'];

const TTL = [...NEEDS, 'keys.ttl'];
const TTL_SECONDS = 10;

type More = { readonly ttl_seconds?: number; readonly name?: string };

const storeOwn = (ctx: Context, ref: string, value: Parameters[string], more: More = {}) =>
  storeKey(ctx, { ref, value, ...ownedByAction(ctx, 'read-key'), ...more });

const readKey = (ctx: Context, ref: string) => runWithRights(ctx, 'read-key', { refs: [ref] });

claim.time('T1.6e', TTL, 'a value is readable before the end of its lifetime, and absent after', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [K1, K2] = [ctx.name('k1'), ctx.name('k2')];
  const { owner } = await storeOwn(ctx, K2, ctx.nonce);

  const key = await storeOwn(ctx, K1, ctx.nonce, { ttl_seconds: TTL_SECONDS });
  await expectExpiry(ctx, key);

  ctx.time.expectSeconds([secondsBetween(key.created, key.expires_at ?? '')], [TTL_SECONDS]);
  const filter = { owner_type: 'action' as const, ...(owner !== null && { owner }) };
  const { pagination } = await ctx.client.keys.page(filter, { page: 1, per_page: 1 });
  expect(pagination).toMatchObject({ total_items: 1, has_next: false });
  const refs = (await ctx.client.keys.list()).map(({ ref }) => ref);
  expect([K1, K2].map((ref) => refs.includes(ref))).toEqual([false, true]);
  expect((await readKey(ctx, K1)).result).toMatchObject({ data: { status: 404, value: null, sha256: null } });
  expect((await readKey(ctx, K2)).result).toMatchObject({ data: { status: 200, value: ctx.nonce } });
});

const LATER = '2060-01-31T06:00:00Z';

/** Lifetimes that are refused: two, one that has ended, and one that is no instant. */
const LIFETIMES = [
  { ttl_seconds: TTL_SECONDS, expires_at: LATER },
  { expires_at: '2001-01-31T06:00:00Z' },
  { expires_at: 'tomorrow' },
];

/** Every update that sets, keeps or removes the lifetime of a key. Returns the key after each. */
async function updateLifetime({ client: { keys } }: Context, ref: string) {
  return {
    set: [await keys.update(ref, { ttl_seconds: 20 }), await keys.update(ref, { ttl_seconds: 30 })],
    others: [
      await keys.update(ref, { expires_at: LATER }),
      await keys.update(ref, { encrypted: true }),
      await keys.update(ref, { ttl_seconds: null }),
      await keys.update(ref, { expires_at: LATER }),
      await keys.update(ref, { expires_at: null }),
    ],
  };
}

claim.time('T1.6k', TTL, 'an update keeps the lifetime or removes it; an expired key can be stored', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [K1, K3, K4, K5] = [ctx.name('k1'), ctx.name('k3'), ctx.name('k4'), ctx.name('k5')];
  for (const ref of [K3, K4]) await storeOwn(ctx, ref, ctx.nonce, { ttl_seconds: TTL_SECONDS });
  const { set, others } = await updateLifetime(ctx, K4);
  const refused = LIFETIMES.map((lifetime) => rejectionStatus(ctx.client.keys.update(K4, { value: 1, ...lifetime })));
  expect(await Promise.all(refused)).toEqual(LIFETIMES.map(() => 422));
  const key = await storeOwn(ctx, K1, ctx.nonce, { ttl_seconds: TTL_SECONDS });

  await ctx.time.pass(1);
  const updated = await ctx.client.keys.update(K1, { value: ctx.name('v2') });
  await expectExpiry(ctx, key);
  await storeOwn(ctx, K3, 'again');
  await storeOwn(ctx, K5, 'same name', { name: K1 }); // the name of a key that has expired

  const seconds = set.map((row) => secondsBetween(row.updated, row.expires_at ?? row.updated));
  ctx.time.expectSeconds(seconds, [20, 30]);
  expect(others.map(({ expires_at }) => expires_at)).toEqual([LATER, LATER, null, LATER, null]);
  expect(updated.expires_at).toBe(key.expires_at);
  const kept = await Promise.all([K3, K4, K5].map((ref) => ctx.client.keys.get(ref)));
  expect(kept).toMatchObject(['again', ctx.nonce, 'same name'].map((value) => ({ value, expires_at: null })));
});

claim.realTime('T1.6m', TTL, 'a key expires by the real clock', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const K = ctx.name('k');
  const store = async () => (await storeOwn(ctx, K, ctx.nonce, { ttl_seconds: 1 })).created;

  const created = [await store()];
  for (let n = 0; n < 2; n++) {
    // The second one expires long before expired rows are removed again.
    await until(keyToExpire(ctx.client, K), ctx.deadline);
    created.push(await store());
  }

  ctx.time.expectSeconds(
    created.slice(1).map((at, n) => secondsBetween(created[n]!, at)),
    [1, 1],
  );
});

claim('T1.6f', NEEDS, 'an update replaces the value and keeps one record', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [K, v1, v2] = [ctx.name('k'), ctx.name('v1'), ctx.name('v2')];
  await storeOwn(ctx, K, v1);
  const first = await readKey(ctx, K);
  const stored = await ctx.client.keys.get(K);

  await ctx.client.keys.update(K, { value: v2 });
  const second = await readKey(ctx, K);

  expect([first.result, second.result]).toMatchObject([{ data: { value: v1 } }, { data: { status: 200, value: v2 } }]);
  const { created, updated } = await ctx.client.keys.get(K);
  expect(created).toBe(stored.created);
  expect(parseInstant(updated)).toBeGreaterThan(parseInstant(stored.updated));
  const list = await ctx.client.keys.list();
  expect(list.filter(({ ref, name }) => ref === K || name === K)).toHaveLength(1);
  expectHidden(v1, K, list);
});

claim('T1.6l', NEEDS, 'a key whose ref or name is taken is rejected and changes nothing', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [K, value] = [ctx.name('k'), ctx.name('value')];
  await storeOwn(ctx, K, value);
  const owner = ownedByAction(ctx, 'read-key');

  const sameRef = ctx.client.keys.create({ ref: K, name: ctx.name('n'), value: 'other', ...owner });
  await expect(sameRef).rejects.toMatchObject({ status: 409 });
  const sameName = ctx.client.keys.create({ ref: ctx.name('r'), name: K, value: 'other', ...owner });
  await expect(sameName).rejects.toMatchObject({ status: 409 });

  const list = await ctx.client.keys.list();
  expect(list.filter(({ ref, name }) => ref === K || name === K)).toHaveLength(1);
  expect((await ctx.client.keys.get(K)).value).toBe(value);
});

claim('T1.6g', NEEDS, 'a structured value keeps its structure inside the action', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const K = ctx.name('k');
  const value = { list: [1, 'two', [3]], nested: { on: true, off: false }, zero: 0, empty: '', nonce: ctx.nonce };

  await storeOwn(ctx, K, value);
  const { result } = await readKey(ctx, K);

  expect(result).toMatchObject({ data: { status: 200, sha256: sha256OfJson(value), all: { [K]: { value } } } });
  expect((result as { data: { value: unknown } }).data.value).toStrictEqual(value);
});

claim('T1.6i', ['rbac'], 'a key of a person is absent for all others who read keys', async (ctx) => {
  const { ref: pack } = await ctx.ownCopy('e2e-api');
  const owner = await createTestUser(ctx, `${pack}.writers`);
  const other = await createUserClient(ctx, 'core.editor');
  const ref = ctx.name('own');
  const key = { ref, name: ref, owner_type: 'identity' as const, owner_identity: owner.id, value: ctx.nonce };
  await owner.client.keys.create(key);
  ctx.defer(() => owner.client.keys.remove(ref));
  const listedBy = async ({ keys }: typeof other) => (await keys.list()).filter((each) => each.ref === ref).length;

  const found = await other.keys.getOrNull(ref);
  await expect(other.keys.update(ref, { value: 'other' })).rejects.toMatchObject({ status: 403 });

  expect([found, await listedBy(other)]).toEqual([null, 0]);
  expect([(await owner.client.keys.get(ref)).value, await listedBy(owner.client)]).toEqual([ctx.nonce, 1]);
});
