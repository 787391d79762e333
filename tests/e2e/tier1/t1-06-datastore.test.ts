// Spec: an action reads the typed value of a key, with permission and during its lifetime.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { onlyExecutionOf, runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { runWithRights } from '../../../helpers/scenario/resources/key-actions';
import { expectHidden } from '../../../helpers/scenario/resources/secret-encodings';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { expectMasked, ownedByAction, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { createUserClient } from '../../../helpers/scenario/resources/test-users';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['keys.from_actions', 'runtimes.node', 'ledger.shared'];

type Value = Parameters[string];

/**
 * Stores a key owned by the action that reads it; it is removed after the test. Every process of
 * an action receives the keys of that action, so each claim uploads its own copy of the pack.
 */
const storeOwn = (ctx: Context, ref: string, value: Value) =>
  storeKey(ctx, { ref, value, ...ownedByAction(ctx, 'read-key') });

/**
 * Runs `read-key` with its default permission sets or with the given ones. Returns the ended
 * execution.
 */
const readKey = (ctx: Context, ref: string, sets?: string[]) => runWithRights(ctx, 'read-key', { refs: [ref] }, sets);

const MISSING = { data: { status: 404, value: null, sha256: null } };

/** Every listed ref with this prefix, sorted. */
const refsStartingWith = async (ctx: Context, prefix: string): Promise<string[]> =>
  (await ctx.client.keys.list())
    .map(({ ref }) => ref)
    .filter((ref) => ref.startsWith(prefix))
    .sort();

claim('T1.6a', NEEDS, 'an action reads a stored value with its own credential', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [K, value] = [ctx.name('k'), ctx.name('value')];
  await storeOwn(ctx, K, value);

  const [permitted, denied] = [await readKey(ctx, K), await readKey(ctx, K, [])];
  const actionParams = { ...ctx.ledgerInput('rule'), refs: [K] };
  const hook = await ctx.webhookRule({ action: ctx.action('read-key'), actionParams });
  await hook.post({});
  const ofRule = await onlyExecutionOf(ctx, hook);

  for (const { result } of [ofRule, permitted]) expect(result).toMatchObject({ data: { status: 200, value } });
  expect(denied.result).toMatchObject({ data: { status: ctx.facts.choices.deniedStatus, value: null, sha256: null } });
  expectHidden(value, K, denied);
});

claim('T1.6b', NEEDS, 'reading a missing key answers 404 and creates no key', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [none, control] = [ctx.name('none'), ctx.name('control')];
  await storeOwn(ctx, control, ctx.nonce);

  await expect(ctx.client.keys.get(none)).rejects.toMatchObject({ status: 404 });
  const [missing, found] = [await readKey(ctx, none), await readKey(ctx, control)];

  expect(missing.result).toMatchObject(MISSING);
  expect(found.result).toMatchObject({ data: { status: 200, value: ctx.nonce } });
  expect([await refsStartingWith(ctx, none), await refsStartingWith(ctx, control)]).toEqual([[], [control]]);
});

/** Stores four values under refs of which one begins like the others. Returns the refs. */
const storeSimilar = async (ctx: Context, base: string): Promise<string[]> => {
  const refs = [base, `${base}-1`, `${base}-11`, `${base}-2`];
  for (const [n, value] of [30, 3, 'text', true].entries()) await storeOwn(ctx, refs[n]!, value);
  return refs;
};

claim('T1.6c', NEEDS, 'several typed values are stored, listed and deleted independently', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const base = ctx.name('k');
  const refs = await storeSimilar(ctx, base);
  const valuesNow = () => Promise.all(refs.map(async (ref) => (await ctx.client.keys.getOrNull(ref))?.value));

  const written = await valuesNow();
  const results = await Promise.all(refs.map(async (ref) => (await readKey(ctx, ref)).result));
  for (const ref of refs.slice(0, 2)) await ctx.client.keys.remove(ref);

  expect(written).toStrictEqual([30, 3, 'text', true]);
  expect(results).toMatchObject([30, 3, 'text', true].map((value) => ({ data: { status: 200, value } })));
  expect(await valuesNow()).toStrictEqual([undefined, undefined, 'text', true]);
  await expect(ctx.client.keys.get(base)).rejects.toMatchObject({ status: 404 });
  expect(await refsStartingWith(ctx, base)).toEqual([`${base}-11`, `${base}-2`]);
});

claim('T1.6j', NEEDS, 'a list of the keys of an owner holds those, and no others', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const refs = await storeSimilar(ctx, ctx.name('k'));
  const foreign = { ref: ctx.name('foreign'), name: refs[0]!, value: null, ...ownedByAction(ctx, 'write-key') };
  await storeKey(ctx, foreign);

  const { owner } = await ctx.client.keys.get(refs[0]!);
  const owned = await ctx.client.keys.list({ owner_type: 'action', ...(owner !== null && { owner }) });

  expect(owned.map(({ ref }) => ref)).toEqual(refs);
});

/** Without redaction, the result contains the value, since `read-key` prints it. */
const ENCRYPTED = [...NEEDS, 'keys.encryption', 'secrets.redaction', 'rbac'];

claim('T1.6d', ENCRYPTED, 'an encrypted value reaches only readers with decrypt permission', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [E, secret] = [ctx.name('e'), ctx.name('secret')];
  const responses: unknown[] = [];
  const observe = (...[, , , body]: unknown[]) => void responses.push(body);
  const viewer = await createUserClient(ctx, 'core.viewer', { observe });
  await storeKey(ctx, { ref: E, value: secret, encrypted: true, ...ownedByAction(ctx, 'read-key') });

  const { id, result } = await readKey(ctx, E);
  await expectMasked(viewer, E);
  await Promise.all([viewer.executions.get(id), viewer.executions.list({})]);
  if (ctx.canProve('executions.log'))
    await Promise.all([viewer.executions.tree(id), until(logToEnd(viewer, id), ctx.deadline)]);

  expect(result).toMatchObject({ data: { status: 200, sha256: sha256OfJson(secret) } });
  expect(responses.length).toBeGreaterThanOrEqual(4); // the responses to the four requests without a capability
  expectHidden(secret, E, responses);
  expect((await ctx.client.keys.get(E)).value).toBe(secret);
  if (ctx.canProve('keys.decrypt')) expect((await ctx.client.keys.getWithoutSecret(E)).value).toBeNull();
});

const REDACTED = [...NEEDS, 'keys.encryption', 'secrets.redaction'];

/** Starts an action that prints this key, and ends with this code. Waits for its end. */
const printKey = (ctx: Context, ref: string, code: number) => {
  const parameters = { ...ctx.ledgerInput(`print-${code}`), ref, nonce: ctx.nonce, code };
  return runToEnd(ctx, 'print-key', parameters, code === 0 ? 'completed' : 'failed');
};

claim('T1.6h', REDACTED, 'a printed secret is masked in each stream, and nothing beside it', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [E, secret] = [ctx.name('e'), ctx.name('secret')];
  await storeKey(ctx, { ref: E, value: secret, encrypted: true, ...ownedByAction(ctx, 'print-key') });

  const [printed, failed] = await Promise.all([printKey(ctx, E, 0), printKey(ctx, E, 1)]);

  const masked = expect.stringMatching(new RegExp(`^${ctx.nonce} (?!${secret})\\S+ ${ctx.nonce}\\s*$`));
  const [shown, hidden] = [expect.stringContaining(ctx.nonce), expect.not.stringContaining(secret)];
  const nested = [{ [ctx.nonce]: { list: [ctx.nonce, hidden] } }];
  expect(printed.result).toMatchObject({ data: { text: masked, nested } });
  expect(failed.result).toMatchObject({ stdout: shown, error: masked });
  expectHidden(secret, ctx.nonce, { result: printed.result }, { failure: failed.result });
  if (!ctx.canProve('executions.log')) return;
  const tree = await ctx.client.executions.tree(printed.id);
  expect(tree).toMatchObject({ stdout_tail: shown, stderr_tail: masked });
  expectHidden(secret, ctx.nonce, tree);
});
