// Spec: a with-items task runs as many items at once as its concurrency allows, never one more, and keeps their order.
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { IN_BOTH_CLOCKS, lengthMs, overlap, precedes, run, wit } from '../../../helpers/intervals';
import { taskOf } from '../../../helpers/lineage';
import { stays, until } from '../../../helpers/polling';
import { onSuccess, task, type Parameters, type Task } from '../../../helpers/workflow';

const NEEDS = ['workflows.with_items', 'executions.intervals', 'ledger.shared'];
/** Tests whose processes wait for each other: they also take the run's lock. */
const MEETS = [...NEEDS, 'workers.slots'];

/** One task over `items`; its ledger key is `each`, and the workflow's result holds the results in the items' order. */
const startEach = async (ctx: Context, concurrency: number, items: Parameters[], each: Task, more: Task[] = []) => {
  const tasks = [{ ...each, with_items: '{{ parameters.items }}', concurrency }, ...more];
  const { ref } = await ctx.workflow(tasks, { output_map: { items: '{{ task.each.items }}' } });
  return (await ctx.client.executions.execute({ action_ref: ref, parameters: { items } })).id;
};

/** Processes that meet in one room, hold, and return their item's name. */
const meeting = (ctx: Context): Task =>
  task(ctx, 'each', 'meet-then-hold', {
    room: `${ctx.ledger.path}.room`,
    item: '{{ item.name }}',
    n: '{{ item.n }}',
    hold_ms: '{{ item.hold_ms }}',
  });

/** The children of a with-items task in the order of their items. */
const byIndex = async (ctx: Context, id: number) =>
  (await ctx.client.executions.children(id)).sort(
    (a, b) => (a.workflow_task?.task_index ?? -1) - (b.workflow_task?.task_index ?? -1),
  );

const range = (n: number): number[] => [...Array(n).keys()];

claim('T2.10a', MEETS, 'five items with room for five are alive together', async (ctx) => {
  await ctx.pack('e2e');
  const items = range(5).map((n) => ({ name: `${ctx.nonce}-${n}`, n: 5, hold_ms: 100 }));
  const id = await startEach(ctx, 5, items, meeting(ctx));

  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await byIndex(ctx, id);
  expect(children.map((child) => child.status)).toEqual(Array(5).fill('completed'));
  expect(overlap(children.map((child) => wit(child, ctx.ledger)))).toBe(5);
  expect(overlap(children.map(run))).toBe(5);
  expect(root.result).toMatchObject({ items: items.map(({ name }) => ({ data: { item: name } })) });
});

claim('T2.10b', MEETS, 'ten items with limit 3 run three at a time, never four', async (ctx) => {
  await ctx.pack('e2e');
  const items = range(10).map((n) => ({ name: `${ctx.nonce}-${n}`, n: n < 3 ? 3 : 1, hold_ms: 150 }));
  const id = await startEach(ctx, 3, items, meeting(ctx));

  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await byIndex(ctx, id);
  expect(children.map((child) => child.status)).toEqual(Array(10).fill('completed'));
  expect(overlap(children.map((child) => wit(child, ctx.ledger)))).toBe(3);
  expect(overlap(children.map(run))).toBe(3);
  expect(root.result).toMatchObject({ items: items.map(({ name }) => ({ data: { item: name } })) });
  expect(ctx.ledger.count(ctx.signed('each').key)).toBe(10);
});

claim('T2.10c', NEEDS, 'limit 1 is strictly serial in input order', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startEach(ctx, 1, [{}, {}, {}], task(ctx, 'each', 'sleep-for', { ms: 200 }));

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await byIndex(ctx, id);
  expect(children.map((child) => child.workflow_task?.task_index)).toEqual([0, 1, 2]);
  const [first, second, third] = children;
  expect(precedes(first!, second!, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
  expect(precedes(second!, third!, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
  const stamped = children.map((child) => wit(child, ctx.ledger));
  expect([overlap(stamped), overlap(children.map(run))]).toEqual([1, 1]);
  expect(stamped.reduce((sum, interval) => sum + lengthMs(interval), 0)).toBeGreaterThanOrEqual(600);
});

claim('T2.10d', MEETS, 'twenty items with limit 10 complete once each, results in input order', async (ctx) => {
  await ctx.pack('e2e');
  const items = range(20).map((n) => ({ name: `${ctx.nonce}-${n}`, n: n < 10 ? 10 : 1, hold_ms: 250 - 10 * n }));
  const id = await startEach(ctx, 10, items, meeting(ctx));

  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await byIndex(ctx, id);
  expect(children.map((child) => child.workflow_task?.task_index)).toEqual(range(20));
  expect(children.map((child) => child.status)).toEqual(Array(20).fill('completed'));
  expect(overlap(children.map((child) => wit(child, ctx.ledger)))).toBe(10);
  expect(overlap(children.map(run))).toBe(10);
  expect(ctx.ledger.count(ctx.signed('each').key)).toBe(20);
  const finished = [...children].sort((a, b) => run(a).finish - run(b).finish);
  expect(finished.map((child) => child.workflow_task?.task_index)).not.toEqual(range(20));
  expect(root.result).toMatchObject({ items: items.map(({ name }) => ({ data: { item: name } })) });
});

claim('T2.10e', NEEDS, 'one failing item fails the task but not its siblings', async (ctx) => {
  await ctx.pack('e2e');
  const items = range(5).map((n) => (n === 2 ? { code: 4, hold_ms: 0 } : { code: 0, hold_ms: 150 }));
  const input = { code: '{{ item.code }}', hold_ms: '{{ item.hold_ms }}' };
  const each = task(ctx, 'each', 'exit-with', input, onSuccess('Z'));
  const id = await startEach(ctx, 2, items, each, [task(ctx, 'Z', 'append-ledger')]);

  const ended = executionToBe('failed', ctx.client, id);
  await stays(() => ctx.ledger.count(ctx.signed('Z').key), 0, ended, ctx.quietMs, ctx.deadline);

  const children = await byIndex(ctx, id);
  expect(children.map((child) => [taskOf(child), child.workflow_task?.task_index, child.status])).toEqual([
    ['each', 0, 'completed'],
    ['each', 1, 'completed'],
    ['each', 2, 'failed'],
    ['each', 3, 'completed'],
    ['each', 4, 'completed'],
  ]);
  expect((await ctx.client.executions.get(children[2]!.id)).result).toMatchObject({ exit_code: 4 });
  expect(ctx.ledger.count(ctx.signed('each').key)).toBe(5);
  expect((await ctx.client.executions.get(id)).result).toMatchObject({
    error: 'Workflow failed: 1 task(s) failed: each',
  });
});
