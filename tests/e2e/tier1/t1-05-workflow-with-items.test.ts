// Spec: a workflow runs a task once for each item of a list, each with its index and its own type, and goes on when all have ended.
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { echoed } from '../../../helpers/echoed';
import { IN_BOTH_CLOCKS, precedes, run } from '../../../helpers/intervals';
import { only, taskOf } from '../../../helpers/lineage';
import { stays, until } from '../../../helpers/polling';
import { onSuccess, task, type Parameters } from '../../../helpers/workflow';

const NEEDS = ['workflows.with_items', 'executions.intervals', 'ledger.shared'];

type Item = Parameters[string];

/** Runs `each` over the items, the nth of which holds `holds[n]` ms or none, and then `after`. */
const iterate = async (ctx: Context, items: Item[], { concurrency = 3, holds = [] as number[] } = {}) => {
  await ctx.pack('e2e');
  const input = { item: '{{ item }}', index: '{{ index }}', hold_ms: '{{ parameters.holds[index] }}' };
  const each = task(ctx, 'each', 'hold-then-echo', input, onSuccess('after'));
  const overItems = { ...each, with_items: '{{ parameters.items }}', concurrency };
  const results = { output_map: { items: '{{ task.each.items }}' } };
  const { ref } = await ctx.workflow([overItems, task(ctx, 'after', 'append-ledger')], results);
  const parameters = { items, holds: items.map((_, n) => holds[n] ?? 0) };
  return (await ctx.client.executions.execute({ action_ref: ref, parameters })).id;
};

/** Waits until it has completed and nothing more comes, and answers it with its children by index, and `after`. */
const ended = async (ctx: Context, id: number, items: number) => {
  const children = () => ctx.client.executions.children(id);
  const fence = executionToBe('completed', ctx.client, id);
  await stays(async () => (await children()).length, items + 1, fence, ctx.quietMs, ctx.deadline);

  const all = await children();
  const own = all.filter((child) => taskOf(child) === 'each');
  const byIndex = own.sort((a, b) => (a.workflow_task?.task_index ?? -1) - (b.workflow_task?.task_index ?? -1));
  const each = await Promise.all(byIndex.map((child) => ctx.client.executions.get(child.id)));
  return { root: await until(fence, ctx.deadline), each, after: only('after', all) };
};

type Execution = Awaited<ReturnType<Context['client']['executions']['get']>>;

const said = (each: Execution[]) => each.map(echoed).map(({ index, item }) => [index, item]);
const starts = (ctx: Context) => ['each', 'after'].map((name) => ctx.ledger.count(ctx.signed(name).key));

claim('T1.5a', NEEDS, 'three items give three children and an ordered result', async (ctx) => {
  const items = ['apple', 'banana', 'cherry'].map((fruit) => `${fruit}-${ctx.nonce}`);
  const id = await iterate(ctx, items, { holds: [300, 150, 0] });

  const { root, each, after } = await ended(ctx, id, 3);

  expect(each.map(({ parent, status }) => [parent, status])).toEqual(Array(3).fill([id, 'completed']));
  expect(said(each)).toEqual(items.map((item, index) => [index, item]));
  const inOrderOfFinish = [...each].sort((a, b) => run(a).finish - run(b).finish);
  expect(inOrderOfFinish.map((child) => echoed(child).index)).not.toEqual([0, 1, 2]);
  expect(root.result).toMatchObject({ items: items.map((item, index) => ({ data: { params: { index, item } } })) });
  expect(each.map((child) => precedes(child, after, ctx.ledger))).toEqual(Array(3).fill(IN_BOTH_CLOCKS));
  expect(run(root).finish).toBeGreaterThanOrEqual(Math.max(...[...each, after].map((child) => run(child).finish)));
  expect([after.status, ...starts(ctx)]).toEqual(['completed', 3, 1]);
});

claim('T1.5b', NEEDS, 'an empty list runs nothing and the workflow goes on', async (ctx) => {
  const id = await iterate(ctx, []);

  const { each, after } = await ended(ctx, id, 0);

  expect(each).toEqual([]);
  expect([after.status, ...starts(ctx)]).toEqual(['completed', 0, 1]);
});

claim('T1.5c', NEEDS, 'a single item gives one child with index 0', async (ctx) => {
  const id = await iterate(ctx, [`only-${ctx.nonce}`]);

  const { each, after } = await ended(ctx, id, 1);

  expect(said(each)).toEqual([[0, `only-${ctx.nonce}`]]);
  expect([after.status, ...starts(ctx)]).toEqual(['completed', 1, 1]);
});

claim('T1.5d', NEEDS, 'ten items all complete, each exactly once', async (ctx) => {
  const items = [...Array(10).keys()].map((n) => `${ctx.nonce}-${n}`);
  const id = await iterate(ctx, items, { concurrency: 5 });

  const { each } = await ended(ctx, id, 10);

  expect(each.map(({ status }) => status)).toEqual(Array(10).fill('completed'));
  expect(said(each)).toEqual(items.map((item, index) => [index, item]));
  expect(starts(ctx)).toEqual([10, 1]);
});

claim('T1.5e', NEEDS, 'item types are preserved', async (ctx) => {
  const items = ['123', 123, true, null, 1.5, { k: [1] }, []];
  const id = await iterate(ctx, items);

  const { each } = await ended(ctx, id, 7);

  expect(said(each)).toStrictEqual(items.map((item, index) => [index, item]));
  expect(starts(ctx)).toEqual([7, 1]);
});
