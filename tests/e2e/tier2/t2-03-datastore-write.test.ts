// Spec: an execution reads the exact value that another stored, if permitted and not expired.
import { secondsBetween } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { expectOrder } from '../../../helpers/scenario/expectations';
import { runToEnd, waitForAll } from '../../../helpers/scenario/resources/ended-executions';
import { runWithRights, writeParameters } from '../../../helpers/scenario/resources/key-actions';
import { expectExpiry } from '../../../helpers/scenario/resources/key-lifetime';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { ownedByPack, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { childrenByTask, expectFailedBy, expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { childOf, paramsOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Parameters, type Task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['keys.from_actions', 'runtimes.node', 'ledger.shared'];

claim('T2.3a', [...NEEDS, 'rbac'], 'the API and another action read the value that an action wrote', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const K = ctx.name('k');
  const value = { n: ctx.nonce, c: 3 };
  expect(await ctx.client.keys.getOrNull(K)).toBeNull();

  const deniedWrite = await runWithRights(ctx, 'write-key', writeParameters(ctx, K, { value }), ['core.viewer']);
  const notWritten = await ctx.client.keys.getOrNull(K);
  const writeExecution = await runWithRights(ctx, 'write-key', writeParameters(ctx, K, { value }));
  const readExecution = await runWithRights(ctx, 'read-key', { refs: [K] });

  expect([deniedWrite.result, notWritten]).toMatchObject([{ data: { status: 403 } }, null]);
  const sha256 = sha256OfJson(value);
  expect(writeExecution.result).toMatchObject({ data: { status: 201, sha256 } });
  expect(readExecution.result).toMatchObject({ data: { status: 200, value, sha256 } });
  expect((await ctx.client.keys.get(K)).value).toEqual(value);
  expect((await ctx.client.keys.list()).filter(({ name }) => name === K)).toHaveLength(1);
});

/** B reads the key, and C receives its value. */
const readingTasks = (ctx: Context, ref: string): Task[] => [
  task(ctx, 'B', 'read-key', { refs: [ref] }, onSuccess('C')),
  task(ctx, 'C', 'echo-params', { v: '{{ task.B.value }}' }),
];

claim('T2.3b', [...NEEDS, 'executions.intervals'], 'task B reads from the store what task A wrote', async (ctx) => {
  await ctx.pack('e2e');
  await ctx.ownCopy('e2e-api');
  const [K, missing] = [ctx.name('k'), ctx.name('none')];
  const A = task(ctx, 'A', 'write-key', writeParameters(ctx, K, { value: ctx.nonce }), onSuccess('B'));

  const id = await startWorkflow(ctx, [A, ...readingTasks(ctx, K)]);
  const control = await startWorkflow(ctx, readingTasks(ctx, missing), { name: 'without-a' });
  await waitForAll(ctx, [id, control]);

  await expectTasks(ctx, id, { A: 'completed', B: 'completed', C: 'completed' });
  expectOrder(ctx, await childrenByTask(ctx, id, 'A', 'B', 'C'));
  expect(await paramsOf(ctx, id, 'C')).toMatchObject({ v: ctx.nonce });
  expect((await ctx.client.keys.get(K)).value).toBe(ctx.nonce);
  await expectTasks(ctx, control, { B: 'completed', C: 'completed' });
  expect((await childOf(ctx, control, 'B')).result).toMatchObject({ data: { status: 404 } });
  expect(await paramsOf(ctx, control, 'C')).toMatchObject({ v: null });
});

const TTL = [...NEEDS, 'keys.ttl'];
const TTL_SECONDS = 10;

claim.time('T2.3d', TTL, 'a value with a lifetime expires after it and its neighbour stays', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [K1, K2] = [ctx.name('k1'), ctx.name('k2')];
  const write = (ref: string, more: Parameters) =>
    runWithRights(ctx, 'write-key', writeParameters(ctx, ref, { value: ctx.nonce, ...more }));

  await write(K2, {});
  await write(K1, { ttl_seconds: TTL_SECONDS });
  const key = await ctx.client.keys.get(K1);
  await expectExpiry(ctx, key);
  const { result } = await runWithRights(ctx, 'read-key', { refs: [K1, K2] });

  ctx.time.expectSeconds([secondsBetween(key.created, key.expires_at ?? '')], [TTL_SECONDS]);
  const all = { [K1]: { status: 404 }, [K2]: { status: 200, value: ctx.nonce } };
  expect(result).toMatchObject({ data: { all } });
  const { injected } = (result as { data: { injected: string[] } }).data;
  expect([K1, K2].map((ref) => injected.includes(ref))).toEqual([false, true]);
  const names = (await ctx.client.keys.list()).map(({ name }) => name);
  expect([K1, K2].map((name) => names.includes(name))).toEqual([false, true]);
});

const TEMPLATES = [...NEEDS, 'keys.ttl', 'workflows.keystore'];

claim.time('T2.3g', TEMPLATES, 'an expired key is missing for a template that read it before', async (ctx) => {
  await ctx.pack('e2e');
  const pack = await ctx.ownPack();
  const key = { ref: `${pack}.brief`, name: 'brief', value: ctx.nonce, ...ownedByPack(pack) };
  await storeKey(ctx, key);
  const { ref } = await ctx.workflow([task(ctx, 'T', 'hash-secrets', { secret_a: '{{ keystore.brief }}' })]);

  await runToEnd(ctx, ref);
  await expectExpiry(ctx, await ctx.client.keys.update(key.ref, { ttl_seconds: TTL_SECONDS }));
  const root = await runToEnd(ctx, ref, {}, 'failed');

  await expectFailedBy(ctx, root.id, 'T');
  expect(JSON.stringify((await childOf(ctx, root.id, 'T')).result)).toContain('brief');
  expect(runsOf(ctx, 'T')).toBe(1);
});
