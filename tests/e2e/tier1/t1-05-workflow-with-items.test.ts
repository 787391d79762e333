// Spec: a with_items task runs once per item, with its index and JSON type, before the next task.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectOrder } from '../../../helpers/scenario/expectations';
import { recordedInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { stays, until } from '../../../helpers/scenario/polling';
import { onlyChildOfTask, taskName } from '../../../helpers/scenario/resources/child-executions';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { waitForAll } from '../../../helpers/scenario/resources/ended-executions';
import { childOf, runCounts, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['workflows.with_items', 'executions.intervals', 'ledger.shared'];

type Item = Parameters[string];

/** They hide neither the current item nor its index. */
const VARIABLES = { item: 'a variable', index: 99 };

/**
 * Starts a workflow that runs `each` over the items (item n runs for `holds[n]` ms, default 0),
 * then `after`.
 */
const startIteration = async (
  ctx: Context,
  items: Item,
  { concurrency = 3, holds = [] as number[], batchSize = 0 } = {},
) => {
  await ctx.pack('e2e');
  const input = { item: '{{ item }}', index: '{{ index }}', hold_ms: '{{ parameters.holds[index] }}' };
  const each = task(ctx, 'each', 'delay-then-echo', input, onSuccess('after'));
  const batches = batchSize > 0 && { batch_size: batchSize };
  const overItems = { ...each, with_items: '{{ parameters.items }}', concurrency, ...batches };
  const results = { name: ctx.name('flow'), output_map: { items: '{{ task.each.items }}' }, vars: VARIABLES };
  const count = Array.isArray(items) ? items.length : 1;
  const parameters = { items, holds: Array.from({ length: count }, (_, n) => holds[n] ?? 0) };
  return startWorkflow(ctx, [overItems, task(ctx, 'after', 'append-ledger')], results, { parameters });
};

/**
 * Waits until the workflow has completed and starts nothing more. Returns it, the children by
 * index, and `after`.
 */
const waitForIteration = async (ctx: Context, id: number, items: number) => {
  const children = () => ctx.client.executions.children(id);
  const fence = executionToBe('completed', ctx.client, id);
  await stays(async () => (await children()).length, items + 1, fence, ctx.quietMs, ctx.deadline);

  const all = await children();
  const iterations = all.filter((child) => taskName(child) === 'each');
  const byIndex = iterations.sort((a, b) => (a.workflow_task?.task_index ?? -1) - (b.workflow_task?.task_index ?? -1));
  const each = await Promise.all(byIndex.map((child) => ctx.client.executions.get(child.id)));
  return { root: await until(fence, ctx.deadline), each, after: onlyChildOfTask('after', all) };
};

type Execution = Awaited<ReturnType<Context['client']['executions']['get']>>;

const echoedItems = (each: Execution[]) => each.map(echoedParameters).map(({ index, item }) => [index, item]);

claim('T1.5a', [...NEEDS, 'workers.slots'], 'three items create three children and an ordered result', async (ctx) => {
  ctx.plan(1_500);
  const items = ['apple', 'banana', 'cherry'].map((fruit) => `${fruit}-${ctx.nonce}`);
  const id = await startIteration(ctx, items, { holds: [3_000, 1_500, 0] });

  const { root, each, after } = await waitForIteration(ctx, id, 3);

  expect(each.map(({ parent, status }) => [parent, status])).toEqual(Array(3).fill([id, 'completed']));
  expect(echoedItems(each)).toEqual(items.map((item, index) => [index, item]));
  const inOrderOfFinish = [...each].sort((a, b) => recordedInterval(a).finish - recordedInterval(b).finish);
  expect(inOrderOfFinish.map((child) => echoedParameters(child).index)).not.toEqual([0, 1, 2]);
  expect(root.result).toMatchObject({ items: items.map((item, index) => ({ data: { params: { index, item } } })) });
  for (const child of each) expectOrder(ctx, [child, after]);
  expect(workflowInterval(root).finish).toBeGreaterThanOrEqual(
    Math.max(...[...each, after].map((child) => recordedInterval(child).finish)),
  );
  expect(after.status).toBe('completed');
  expect(runCounts(ctx, 'each', 'after')).toEqual({ each: 3, after: 1 });
});

claim('T1.5b', NEEDS, 'an empty list starts no child and the workflow completes', async (ctx) => {
  const id = await startIteration(ctx, []);

  const { root, each, after } = await waitForIteration(ctx, id, 0);

  expect(each).toEqual([]);
  expect(root.result).toEqual({ succeeded: true, items: [] });
  expect(after.status).toBe('completed');
  expect(runCounts(ctx, 'each', 'after')).toEqual({ each: 0, after: 1 });
});

/** Values that are no lists. */
const SINGLE_ITEMS = ['a text', { k: [1] }, 0, false];

claim('T1.5c', NEEDS, 'a single item creates one child with index 0', async (ctx) => {
  const wrapped = ctx.facts.capabilities['workflows.list_items'] === undefined ? SINGLE_ITEMS : [];
  const id = await startIteration(ctx, [`only-${ctx.nonce}`]);
  const others = await Promise.all(wrapped.map((item) => startIteration(ctx, item)));

  const { each, after } = await waitForIteration(ctx, id, 1);
  const ends = await Promise.all(others.map((other) => waitForIteration(ctx, other, 1)));

  expect(echoedItems(each)).toEqual([[0, `only-${ctx.nonce}`]]);
  expect(ends.map((end) => echoedItems(end.each))).toStrictEqual(wrapped.map((item) => [[0, item]]));
  expect([after, ...ends.map((end) => end.after)].map(({ status }) => status)).toEqual(
    Array(1 + wrapped.length).fill('completed'),
  );
  expect(runCounts(ctx, 'each', 'after')).toEqual({ each: 1 + wrapped.length, after: 1 + wrapped.length });
});

claim('T1.5d', NEEDS, 'each of ten items runs exactly once', async (ctx) => {
  const items = [...Array(10).keys()].map((n) => `${ctx.nonce}-${n}`);
  const id = await startIteration(ctx, items, { concurrency: 5 });

  const { each } = await waitForIteration(ctx, id, 10);

  expect(each.map(({ status }) => status)).toEqual(Array(10).fill('completed'));
  expect(echoedItems(each)).toEqual(items.map((item, index) => [index, item]));
  expect(runCounts(ctx, 'each', 'after')).toEqual({ each: 10, after: 1 });
});

claim('T1.5e', NEEDS, 'each item keeps its JSON type', async (ctx) => {
  const items = ['123', 123, true, null, 1.5, { k: [1] }, []];
  const id = await startIteration(ctx, items);

  const { each } = await waitForIteration(ctx, id, 7);

  expect(echoedItems(each)).toStrictEqual(items.map((item, index) => [index, item]));
  expect(runCounts(ctx, 'each', 'after')).toEqual({ each: 7, after: 1 });
});

const BATCHES = {
  2: [
    [0, ['a', 2]],
    [1, [null, 'd']],
    [2, [5]],
  ],
  1: [
    [0, ['a']],
    [1, [[]]],
  ],
};

claim('T1.5f', NEEDS, 'a batch holds the next items, and the last one those that are left', async (ctx) => {
  const pairs = await startIteration(ctx, ['a', 2, null, 'd', 5], { batchSize: 2 });
  const singles = await startIteration(ctx, ['a', []], { batchSize: 1 });

  const [two, one] = [await waitForIteration(ctx, pairs, 3), await waitForIteration(ctx, singles, 2)];

  expect({ 2: echoedItems(two.each), 1: echoedItems(one.each) }).toStrictEqual(BATCHES);
  expect(runCounts(ctx, 'each', 'after')).toEqual({ each: 5, after: 2 });
});

const NO_LISTS = [...SINGLE_ITEMS, null];

const TYPES = ['string', 'object', 'number', 'bool', 'null'];

const LIST_ITEMS = [...NEEDS, 'workflows.list_items'];

claim('T1.5g', LIST_ITEMS, 'a value that is no list fails the task with its type', async (ctx) => {
  const ids: number[] = [];
  for (const items of NO_LISTS) ids.push(await startIteration(ctx, items));

  await waitForAll(ctx, ids, 'failed');

  const errors = await Promise.all(ids.map(async (id) => (await childOf(ctx, id, 'each')).result));
  const error = (type: string) => `Task 'each': with_items must be a list, and is ${type}`;
  expect(errors).toMatchObject(TYPES.map((type) => ({ code: 'ITEMS_NO_LIST', error: error(type) })));
  expect(runCounts(ctx, 'each', 'after')).toEqual({ each: 0, after: 0 });
});
