// Spec: an action reads the typed value of a key, with permission and during its lifetime.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe, logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { parseInstant } from '../../../helpers/instant';
import { keyToExpire, lateReads, type KeyRead } from '../../../helpers/scenario/conditions/key-conditions';
import { createTestUser, createUserClient } from '../../../helpers/scenario/resources/test-users';
import { until } from '../../../helpers/scenario/polling';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { expectHidden } from '../../../helpers/scenario/resources/secret-encodings';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['keys.from_actions', 'runtimes.node', 'ledger.shared'];

type Value = Parameters[string];

/**
 * Stores a key owned by the action that reads it; it is removed after the test. Every process of
 * an action receives the keys of that action, so each claim uploads its own copy of the pack.
 */
const storeKey = async (
  ctx: Context,
  ref: string,
  value: Value,
  more: { encrypted?: boolean; ttl_seconds?: number } = {},
) => {
  const owner = { owner_type: 'action' as const, owner_action_ref: ctx.action('read-key') };
  const key = await ctx.client.keys.create({ ref, name: ref, value, ...owner, ...more });
  ctx.defer(() => ctx.client.keys.removeIfExists(ref));
  return key;
};

/**
 * Runs `read-key` with its default permission sets or with the given ones. Returns the ended
 * execution.
 */
const readKey = async (ctx: Context, ref: string, sets?: string[]) => {
  const { id } = await ctx.client.executions.execute({
    action_ref: ctx.action('read-key'),
    parameters: { ...ctx.ledgerInput('read'), refs: [ref] },
    ...(sets && { permission_set_refs: sets }),
  });
  return until(executionToBe('completed', ctx.client, id), ctx.deadline);
};

const MISSING = { data: { status: 404, value: null, sha256: null } };

/** Every listed ref with this prefix, sorted. */
const refsStartingWith = async (ctx: Context, prefix: string): Promise<string[]> =>
  (await ctx.client.keys.list())
    .map(({ ref }) => ref)
    .filter((ref) => ref.startsWith(prefix))
    .sort();

claim('T1.6a', NEEDS, 'an action reads a stored value with its own credential', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const K = ctx.name('k');
  const value = ctx.name('value');
  await storeKey(ctx, K, value);

  const [permitted, denied] = [await readKey(ctx, K), await readKey(ctx, K, [])];
  const actionParams = { ...ctx.ledgerInput('rule'), refs: [K] };
  const { rule, post } = await ctx.webhookRule({ action: ctx.action('read-key'), actionParams });
  await post({});
  const [ofRule] = await until(executionsToBe('completed', 1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);

  expect((await ctx.client.executions.get(ofRule!.id)).result).toMatchObject({ data: { status: 200, value } });
  expect(permitted.result).toMatchObject({ data: { status: 200, value } });
  expect(denied.result).toMatchObject({ data: { status: ctx.facts.choices.deniedStatus, value: null, sha256: null } });
  expectHidden(value, K, denied);
});

claim('T1.6b', NEEDS, 'reading a missing key answers 404 and creates no key', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [none, control] = [ctx.name('none'), ctx.name('control')];
  await storeKey(ctx, control, ctx.nonce);

  await expect(ctx.client.keys.get(none)).rejects.toMatchObject({ status: 404 });
  const [missing, found] = [await readKey(ctx, none), await readKey(ctx, control)];

  expect(missing.result).toMatchObject(MISSING);
  expect(found.result).toMatchObject({ data: { status: 200, value: ctx.nonce } });
  expect([await refsStartingWith(ctx, none), await refsStartingWith(ctx, control)]).toEqual([[], [control]]);
});

claim('T1.6c', NEEDS, 'several typed values are stored, listed and deleted independently', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const base = ctx.name('k');
  const values = new Map<string, Value>([
    [base, 30],
    [`${base}-1`, 3],
    [`${base}-11`, 'text'],
    [`${base}-2`, true],
  ]);
  const refs = [...values.keys()];
  const valuesNow = () => Promise.all(refs.map(async (ref) => (await ctx.client.keys.getOrNull(ref))?.value));

  for (const [ref, value] of values) await storeKey(ctx, ref, value);
  const { owner } = await ctx.client.keys.get(base);
  const foreign = { ref: ctx.name('foreign'), owner_action_ref: ctx.action('write-key') };
  await ctx.client.keys.create({ ...foreign, name: base, value: null, owner_type: 'action' });
  ctx.defer(() => ctx.client.keys.removeIfExists(foreign.ref));
  const written = await valuesNow();
  const results = await Promise.all(refs.map(async (ref) => (await readKey(ctx, ref)).result));
  for (const ref of [base, `${base}-1`]) await ctx.client.keys.remove(ref);

  expect(written).toStrictEqual([30, 3, 'text', true]);
  expect(results).toMatchObject([30, 3, 'text', true].map((value) => ({ data: { status: 200, value } })));
  expect(await valuesNow()).toStrictEqual([undefined, undefined, 'text', true]);
  await expect(ctx.client.keys.get(base)).rejects.toMatchObject({ status: 404 });
  expect(await refsStartingWith(ctx, base)).toEqual([`${base}-11`, `${base}-2`]);
  const owned = await ctx.client.keys.list({ owner_type: 'action', ...(owner !== null && { owner }) });
  expect(owned.map(({ ref }) => ref)).toEqual([`${base}-11`, `${base}-2`]);
});

/** Without redaction, the result contains the value, since `read-key` prints it. */
const ENCRYPTED = [...NEEDS, 'keys.encryption', 'secrets.redaction', 'rbac'];

claim('T1.6d', ENCRYPTED, 'an encrypted value reaches only readers with decrypt permission', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [E, secret] = [ctx.name('e'), ctx.name('secret')];
  const responses: unknown[] = [];
  const observe = (...[, , , body]: unknown[]) => void responses.push(body);
  const viewer = await createUserClient(ctx, 'core.viewer', { observe });
  await storeKey(ctx, E, secret, { encrypted: true });

  const { id, result } = await readKey(ctx, E);
  const maskedKey = await viewer.keys.get(E);
  const listed = (await viewer.keys.list()).filter(({ ref }) => ref === E);
  await Promise.all([viewer.executions.get(id), viewer.executions.list({})]);
  if (ctx.canProve('executions.log')) {
    await Promise.all([viewer.executions.tree(id), until(logToEnd(viewer, id), ctx.deadline)]);
  }

  expect(result).toMatchObject({ data: { status: 200, sha256: sha256OfJson(secret) } });
  expect([maskedKey.encrypted, maskedKey.value, listed.map(({ encrypted }) => encrypted)]).toEqual([
    true,
    null,
    [true],
  ]);
  expect(responses.length).toBeGreaterThanOrEqual(4); // the responses to the four requests without a capability
  expectHidden(secret, E, responses);
  expect((await ctx.client.keys.get(E)).value).toBe(secret);
});

const REDACTED = [...NEEDS, 'keys.encryption', 'secrets.redaction'];

claim('T1.6h', REDACTED, 'a printed secret is masked in each stream, and nothing beside it', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [E, secret] = [ctx.name('e'), ctx.name('secret')];
  const owner = { owner_type: 'action' as const, owner_action_ref: ctx.action('print-key') };
  await ctx.client.keys.create({ ref: E, name: E, value: secret, encrypted: true, ...owner });
  ctx.defer(() => ctx.client.keys.removeIfExists(E));

  const print = async (code: number) => {
    const parameters = { ...ctx.ledgerInput(`print-${code}`), ref: E, nonce: ctx.nonce, code };
    return ctx.client.executions.execute({ action_ref: ctx.action('print-key'), parameters });
  };
  const [printed, failed] = [await print(0), await print(1)];
  const { result } = await until(executionToBe('completed', ctx.client, printed.id), ctx.deadline);
  const { result: failure } = await until(executionToBe('failed', ctx.client, failed.id), ctx.deadline);

  const masked = expect.stringMatching(new RegExp(`^${ctx.nonce} (?!${secret})\\S+ ${ctx.nonce}\\s*$`));
  const hidden = expect.not.stringContaining(secret);
  expect(result).toMatchObject({ data: { text: masked, nested: [{ [ctx.nonce]: { list: [ctx.nonce, hidden] } }] } });
  expect(failure).toMatchObject({ stdout: expect.stringContaining(ctx.nonce), error: masked });
  expectHidden(secret, ctx.nonce, { result }, { failure });
  if (!ctx.canProve('executions.log')) return;
  const tree = await ctx.client.executions.tree(printed.id);
  expect(tree).toMatchObject({ stdout_tail: expect.stringContaining(ctx.nonce), stderr_tail: masked });
  expectHidden(secret, ctx.nonce, tree);
});

claim.concurrent(
  'T1.6e',
  [...NEEDS, 'keys.ttl'],
  'a value with a lifetime is readable before its end and absent after',
  async (ctx) => {
    await ctx.ownCopy('e2e-api');
    const [K1, K2, K3, K4] = [ctx.name('k1'), ctx.name('k2'), ctx.name('k3'), ctx.name('k4')];
    const reads: KeyRead[] = [];
    const ttl_seconds = 3;
    ctx.plan(ttl_seconds * 1_000);
    const { owner } = await storeKey(ctx, K2, ctx.nonce);
    await storeKey(ctx, K3, ctx.nonce, { ttl_seconds });
    await storeKey(ctx, K4, ctx.nonce, { ttl_seconds });
    await ctx.client.keys.update(K4, { ttl_seconds: null });
    const { created, expires_at } = await storeKey(ctx, K1, ctx.nonce, { ttl_seconds });
    const updated = await ctx.client.keys.update(K1, { value: ctx.name('v2') });
    expect(updated.expires_at).toBe(expires_at);

    await until(keyToExpire(ctx.client, K1, reads), ctx.deadline);
    const window = { page: 1, per_page: 1 };
    const { pagination } = await ctx.client.keys.page(
      { owner_type: 'action', ...(owner !== null && { owner }) },
      window,
    );
    await storeKey(ctx, K3, 'again');

    const expiry = parseInstant(created) + ttl_seconds * 1_000;
    const before = reads.filter(({ receivedAt }) => receivedAt < expiry);
    expect(before.length).toBeGreaterThanOrEqual(3); // enough samples
    expect(before.filter((read) => read.created === null)).toEqual([]);
    const lastRead = reads.at(-1)!;
    expect([lastRead.created, lastRead.receivedAt >= expiry]).toEqual([null, true]);
    expect(lateReads(reads, ttl_seconds * 1_000)).toEqual([]);
    expect([await refsStartingWith(ctx, K1), await refsStartingWith(ctx, K2)]).toEqual([[], [K2]]);
    expect(pagination).toMatchObject({ total_items: 2, has_next: true }); // of K2 and K4
    expect((await readKey(ctx, K1)).result).toMatchObject(MISSING);
    expect((await readKey(ctx, K2)).result).toMatchObject({ data: { status: 200, value: ctx.nonce } });
    const kept = await Promise.all([K3, K4].map((ref) => ctx.client.keys.get(ref)));
    expect(kept).toMatchObject(['again', ctx.nonce].map((value) => ({ value, expires_at: null })));
  },
);

claim('T1.6f', NEEDS, 'an update replaces the value and keeps one record', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [K, v1, v2] = [ctx.name('k'), ctx.name('v1'), ctx.name('v2')];
  await storeKey(ctx, K, v1);
  const first = await readKey(ctx, K);
  const stored = await ctx.client.keys.get(K);

  await ctx.client.keys.update(K, { value: v2 });
  const owner = { owner_type: 'action' as const, owner_action_ref: ctx.action('read-key') };
  for (const taken of [
    { ref: K, name: ctx.name('n') },
    { ref: ctx.name('r'), name: K },
  ])
    await expect(ctx.client.keys.create({ ...taken, value: v1, ...owner })).rejects.toMatchObject({ status: 409 });
  const second = await readKey(ctx, K);

  expect([first.result, second.result]).toMatchObject([{ data: { value: v1 } }, { data: { status: 200, value: v2 } }]);
  const { created, updated } = await ctx.client.keys.get(K);
  expect(created).toBe(stored.created);
  expect(parseInstant(updated)).toBeGreaterThan(parseInstant(stored.updated));
  const list = await ctx.client.keys.list();
  expect(list.filter(({ ref, name }) => ref === K || name === K)).toHaveLength(1);
  expectHidden(v1, K, list);
});

claim('T1.6g', NEEDS, 'a structured value keeps its structure inside the action', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const K = ctx.name('k');
  const value = { list: [1, 'two', [3]], nested: { on: true, off: false }, zero: 0, empty: '', nonce: ctx.nonce };

  await storeKey(ctx, K, value);
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
