// Spec: a work queue starts as many executions, for as many items, and as often as it says.
import { secondsBetween } from '../../../helpers/instant';
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
import { sortedAscending } from '../../../helpers/scenario/intervals';
import { until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { ownedByPack, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { createApproval, respond } from '../support/work-queues/approvals';
import { BATCHES, batchesOf } from '../support/work-queues/batches';
import { addItems, createQueue, executionsOf, itemsAtEnd, literal } from '../support/work-queues/queue';

const NEEDS = ['core', 'ledger.shared'];

claim('T2.23c', NEEDS, 'items are leased by priority and age, in batches and groups', async (ctx) => {
  const found = await batchesOf(ctx, Object.values(BATCHES));

  const names = Object.keys(BATCHES);
  expect(names.map((name, n) => [name, found[n]])).toEqual(names.map((name) => [name, BATCHES[name]!.batches]));
});

type Numbers = Readonly<Record<string, ReturnType<typeof literal> | Readonly<Record<string, string | number>>>>;

/** Creates a queue with this configuration. Returns what reads its numbers. */
const tuningOf = async (ctx: Context, pack_ref: string, dispatch: Numbers) => {
  const ref = ctx.name('queue'); // removed with its pack
  const dispatched = { label: 'Work', dispatch_action_ref: 'core.noop', enabled: false, batch_mode: 'batch' as const };
  await ctx.client.queues.create({ ref, pack_ref, ...dispatched, config: { dispatch } });
  return async () => (await ctx.client.queues.get(ref)).resolved_dispatch_tuning;
};

claim('T2.23d', NEEDS, 'the numbers of a queue are read from its pack and from keys', async (ctx) => {
  const pack = await ctx.ownPack();
  const [plain, sealed, ofOther] = [ctx.name('plain'), ctx.name('sealed'), ctx.name('other')];
  await storeKey(ctx, { ref: plain, ...ownedByPack(pack), value: { sizes: [7, '8'] } });
  await storeKey(ctx, { ref: sealed, ...ownedByPack(pack), value: 7, encrypted: true });
  const { ref: other } = await ctx.client.packs.create({ ref: ofOther, label: 'Other', version: '1.0.0' });
  ctx.defer(() => ctx.client.packs.remove(other));
  await storeKey(ctx, { ref: ofOther, ...ownedByPack(other), value: 7 });
  const fromPack = (path: string, fallback?: number) => ({
    source: 'pack_config',
    path,
    ...(fallback && { fallback }),
  });
  const fromKey = (key_ref: string, path?: string) => ({
    source: 'keystore',
    key_ref,
    ...(path && { path }),
    fallback: 3,
  });
  const queues = [
    await tuningOf(ctx, pack, {}),
    await tuningOf(ctx, pack, { concurrency: literal(4), batch_size: fromPack('sizes.batch') }),
    await tuningOf(ctx, pack, { concurrency: fromPack('sizes.none', 5), batch_size: fromPack('sizes.none') }),
    await tuningOf(ctx, pack, { concurrency: fromKey(plain, 'sizes.0'), batch_size: fromKey(plain, 'sizes.1') }),
    await tuningOf(ctx, pack, { concurrency: fromKey(sealed), batch_size: fromKey(ofOther) }),
    await tuningOf(ctx, pack, { concurrency: fromPack('zero', 2), batch_size: fromPack('half') }),
    await tuningOf(ctx, pack, { concurrency: fromPack('hidden', 4), batch_size: fromPack('hidden') }),
  ];

  const conf_schema = { hidden: { type: 'integer', secret: true } };
  await ctx.client.packs.update(pack, { conf_schema, config: { sizes: { batch: 6 }, zero: 0, half: 1.5, hidden: 9 } });

  expect(await Promise.all(queues.map((tuning) => tuning()))).toEqual(
    [
      [1, 1],
      [4, 6],
      [5, 1],
      [7, 8],
      [3, 3],
      [2, 1],
      [4, 1],
    ].map(([concurrency, batch_size]) => ({ concurrency, batch_size })),
  );
});

const CONFLICT = { status: 409, code: 'CONFLICT' };
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

/** Id, status, execution, attempts and token of the items. */
const leasesOf = async ({ client }: Context, ref: string) =>
  (await client.queues.items(ref)).map((item) => [
    ...[item.id, item.status, item.leased_execution, item.attempt_count, item.lease_token],
  ]);

claim('T2.23e', [...NEEDS, 'inquiries.ask'], 'an item is leased until its execution ends', async (ctx) => {
  const [action, { queues }] = [await createApproval(ctx), ctx.client];
  const config = { dispatch: { concurrency: literal(2) } };
  const ref = await createQueue(ctx, action, { config, action_params: { id: '{{ queue_item.id }}' } });
  const [one, two, three] = await addItems(ctx, ref, Array(3).fill({ payload: null }) as { payload: null }[]);
  await queues.update(ref, { enabled: true });
  const runs = async (n: number) =>
    sortedAscending(
      (await until(executionsToExist(n, ctx.client, { action_ref: action }), ctx.deadline)).map(({ id }) => id),
    );
  const [first, second] = await runs(2);

  expect(await leasesOf(ctx, ref)).toEqual([
    [one, 'leased', first, 1, UUID],
    [two, 'leased', second, 1, UUID],
    [three, 'queued', null, 0, null],
  ]);
  await expect(queues.updateItem(ref, one!, { priority: 1 })).rejects.toMatchObject(CONFLICT);
  await expect(queues.removeItem(ref, two!)).rejects.toMatchObject(CONFLICT);
  expect((await queues.updateItem(ref, three!, { metadata: { by: ctx.nonce } })).metadata).toEqual({ by: ctx.nonce });
  await respond(ctx, first!, 'completed');
  const [, , third] = await runs(3);
  await cancelAndWait(ctx.client, second!);
  const ends = (await queues.items(ref)).map(({ status, last_error }) => [status, last_error]);
  await queues.remove(ref);
  const { result } = await respond(ctx, third!, 'failed');

  expect(ends).toEqual([
    ['completed', null],
    ['failed', 'the output has no queue_ack'],
    ['leased', null],
  ]);
  expect(result).not.toHaveProperty('queue_ack_error');
  await expect(queues.items(ref)).rejects.toMatchObject({ status: 404 });
});

claim.time('T2.23f', NEEDS, 'the delay counts from one execution of a queue to the next', async (ctx) => {
  const action = await createScriptAction(ctx, await ctx.ownPack(), 'exit 0');
  const config = { dispatch: { concurrency: literal(3), inter_execution_delay_seconds: 5 } };
  const ref = await createQueue(ctx, action, { config });
  await addItems(
    ctx,
    ref,
    [1, 2, 3].map((n) => ({ payload: n })),
  );

  await ctx.client.queues.update(ref, { enabled: true });
  await ctx.time.pass(10);
  await itemsAtEnd(ctx, ref);
  await addItems(ctx, ref, [{ payload: 4 }]); // the queue was empty
  await ctx.time.pass(5);
  await itemsAtEnd(ctx, ref);

  const executions = await executionsOf(ctx, action);
  const [first] = executions;
  ctx.time.expectSeconds(
    executions.map(({ created }) => secondsBetween(first!.created, created)),
    [0, 5, 10, 15],
  );
});
