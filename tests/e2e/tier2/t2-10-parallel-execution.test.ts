// Spec: a with_items task runs as many items in parallel as allowed and keeps their order.
import { writeFileSync } from 'node:fs';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { durationMs, recordedInterval, ledgerInterval } from '../../../helpers/scenario/intervals';
import { taskName } from '../../../helpers/scenario/resources/child-executions';
import { until } from '../../../helpers/scenario/polling';
import {
  onFailure,
  onSuccess,
  task,
  type Parameters,
  type Task,
} from '../../../helpers/scenario/resources/workflow-task';
import { expectConcurrent, expectOrder } from '../../../helpers/scenario/expectations';
import { expectRunsAtEnd, paramsOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['workflows.with_items', 'executions.intervals', 'ledger.shared'];
/** Claims whose processes wait for each other also take a lock of the whole run. */
const RENDEZVOUS = [...NEEDS, 'workers.slots'];

/**
 * Starts a workflow with one task over `items`, named `each` in the ledger; its result has the
 * item results in order.
 */
const startEach = (ctx: Context, concurrency: number, items: Parameters[], each: Task, more: Task[] = []) => {
  const tasks = [{ ...each, with_items: '{{ parameters.items }}', concurrency }, ...more];
  const results = { output_map: { items: '{{ task.each.items }}' } };
  return startWorkflow(ctx, tasks, results, { parameters: { items } });
};

/**
 * A task whose processes wait for each other in one directory, hold, and return their item's name.
 */
const rendezvousTask = (ctx: Context): Task =>
  task(ctx, 'each', 'meet-then-hold', {
    room: `${ctx.ledger.path}.room`,
    item: '{{ item.name }}',
    n: '{{ item.n }}',
    hold_ms: '{{ item.hold_ms }}',
  });

/** The children of a with_items task in the order of their items. */
const childrenByIndex = async (ctx: Context, id: number) =>
  (await ctx.client.executions.children(id)).sort(
    (a, b) => (a.workflow_task?.task_index ?? -1) - (b.workflow_task?.task_index ?? -1),
  );

const range = (n: number): number[] => [...Array(n).keys()];

claim('T2.10a', RENDEZVOUS, 'five items with concurrency 5 run at the same time', async (ctx) => {
  await ctx.pack('e2e');
  const items = range(5).map((n) => ({ name: `${ctx.nonce}-${n}`, n: 5, hold_ms: 100 }));
  const id = await startEach(ctx, 5, items, rendezvousTask(ctx));

  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await childrenByIndex(ctx, id);
  expect(children.map((child) => child.status)).toEqual(Array(5).fill('completed'));
  expectConcurrent(ctx, children, 5);
  expect(root.result).toMatchObject({ items: items.map(({ name }) => ({ data: { item: name } })) });
});

claim('T2.10b', RENDEZVOUS, 'ten items with concurrency 3 run three at a time, never four', async (ctx) => {
  await ctx.pack('e2e');
  const items = range(10).map((n) => ({ name: `${ctx.nonce}-${n}`, n: n < 3 ? 3 : 1, hold_ms: 150 }));
  const id = await startEach(ctx, 3, items, rendezvousTask(ctx));

  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await childrenByIndex(ctx, id);
  expect(children.map((child) => child.status)).toEqual(Array(10).fill('completed'));
  expectConcurrent(ctx, children, 3);
  expect(root.result).toMatchObject({ items: items.map(({ name }) => ({ data: { item: name } })) });
  expect(runsOf(ctx, 'each')).toBe(10);
});

claim('T2.10c', NEEDS, 'concurrency 1 runs items serially in input order', async (ctx) => {
  await ctx.pack('e2e');
  const each = task(ctx, 'each', 'sleep-for', { ms: 200 });
  const gate = `${ctx.ledger.path}.gate`;
  const waiting = task(ctx, 'other', 'exit-by-attempt', { exits: 'gate0', gate });
  const id = await startEach(ctx, 1, [{}, {}, {}], each, [{ ...waiting, with_items: '{{ [0, 1] }}' }]); // no limit

  const childrenOf = async (name: string) =>
    (await childrenByIndex(ctx, id)).filter((child) => taskName(child) === name);
  const isCompleted = ({ status }: { status: string }) => status === 'completed';
  const haveEnded = async () => (await childrenOf('each')).filter(isCompleted).length === 3;
  await until(predicateToHold('the items of `each` to end', haveEnded), ctx.deadline);
  writeFileSync(gate, '');
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  expectConcurrent(ctx, await childrenOf('other'), 1);
  const children = await childrenOf('each');
  expect(children.map((child) => child.workflow_task?.task_index)).toEqual([0, 1, 2]);
  expectOrder(ctx, children);
  const processIntervals = children.map((child) => ledgerInterval(child, ctx.ledger));
  expectConcurrent(ctx, children, 1);
  expect(processIntervals.reduce((sum, interval) => sum + durationMs(interval), 0)).toBeGreaterThanOrEqual(600);
});

claim('T2.10d', RENDEZVOUS, 'twenty items with concurrency 10 run once, with results in order', async (ctx) => {
  await ctx.pack('e2e');
  const items = range(20).map((n) => ({ name: `${ctx.nonce}-${n}`, n: n < 10 ? 10 : 1, hold_ms: 250 - 10 * n }));
  const id = await startEach(ctx, 10, items, rendezvousTask(ctx));

  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await childrenByIndex(ctx, id);
  expect(children.map((child) => child.workflow_task?.task_index)).toEqual(range(20));
  expect(children.map((child) => child.status)).toEqual(Array(20).fill('completed'));
  expectConcurrent(ctx, children, 10);
  expect(runsOf(ctx, 'each')).toBe(20);
  const byFinishTime = [...children].sort((a, b) => recordedInterval(a).finish - recordedInterval(b).finish);
  expect(byFinishTime.map((child) => child.workflow_task?.task_index)).not.toEqual(range(20));
  expect(root.result).toMatchObject({ items: items.map(({ name }) => ({ data: { item: name } })) });
});

claim('T2.10e', NEEDS, 'one failed item fails the task and its siblings still run', async (ctx) => {
  await ctx.pack('e2e');
  const items = range(5).map((n) => (n === 2 ? { code: 4, hold_ms: 0 } : { code: 0, hold_ms: 150 }));
  const input = { code: '{{ item.code }}', hold_ms: '{{ item.hold_ms }}' };
  const each = task(ctx, 'each', 'exit-with', input, onSuccess('Z'));
  const id = await startEach(ctx, 2, items, each, [task(ctx, 'Z', 'append-ledger')]);

  await expectRunsAtEnd(ctx, id, 'failed', { Z: 0 });

  const children = await childrenByIndex(ctx, id);
  expect(children.map((child) => [taskName(child), child.workflow_task?.task_index, child.status])).toEqual([
    ['each', 0, 'completed'],
    ['each', 1, 'completed'],
    ['each', 2, 'failed'],
    ['each', 3, 'completed'],
    ['each', 4, 'completed'],
  ]);
  expect((await ctx.client.executions.get(children[2]!.id)).result).toMatchObject({ exit_code: 4 });
  expect(runsOf(ctx, 'each')).toBe(5);
  expect((await ctx.client.executions.get(id)).result).toMatchObject({
    error: 'Workflow failed: 1 task(s) failed: each',
  });
});

const RETRIES = [...NEEDS, 'workflows.retry', 'workflows.failure_branches'];

claim('T2.10f', RETRIES, 'each item is retried on its own and judged by its last attempt', async (ctx) => {
  await ctx.pack('e2e');
  const { key } = ctx.ledgerInput('each');
  const input = { key: `${key}-{{ index }}`, n: '{{ item.n }}' };
  const each = task(ctx, 'each', 'fail-n-times', input, onSuccess('Z'), onFailure('R'));
  const attempts = ['{{ result().items[0].attempt }}', '{{ result().items[2].attempt }}'];
  const more = { code: '{{ result().items[1].exit_code }}', count: '{{ length(result().items) }}' };
  const id = await startEach(ctx, 2, [{ n: 0 }, { n: 9 }, { n: 1 }], { ...each, retry: { count: 1, delay: 0 } }, [
    task(ctx, 'R', 'echo-params', { attempts, ...more }),
    task(ctx, 'Z', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'completed', { Z: 0 });

  const children = (await ctx.client.executions.children(id)).filter((child) => taskName(child) === 'each');
  const ends = children.map(({ workflow_task, status }) => [
    workflow_task?.task_index,
    workflow_task?.retry_count,
    status,
  ]);
  expect(ends.sort()).toEqual([
    [0, 0, 'completed'],
    [1, 0, 'failed'],
    [1, 1, 'failed'],
    [2, 0, 'failed'],
    [2, 1, 'completed'],
  ]);
  expect(await paramsOf(ctx, id, 'R')).toEqual({ ...ctx.ledgerInput('R'), attempts: [1, 2], code: 1, count: 3 });
});

const CANCELS = [...NEEDS, 'executions.cancel', 'workflows.failure_branches'];

claim('T2.10g', CANCELS, 'items cancelled while they wait fail their task, and the others run', async (ctx) => {
  await ctx.pack('e2e');
  const gate = `${ctx.ledger.path}.gate`;
  const each = task(ctx, 'each', 'exit-by-attempt', { exits: 'gate0', gate }, onSuccess('Z'), onFailure('R'));
  const branches = ['Z', 'R'].map((name) => task(ctx, name, 'append-ledger'));
  const id = await startEach(ctx, 1, Array<Parameters>(5).fill({}), each, branches);
  const isRunning = predicateToHold('the first item to run', () => runsOf(ctx, 'each') === 1);
  await until(isRunning, ctx.deadline);

  const [, second, third] = await childrenByIndex(ctx, id);
  for (const item of [second!, third!]) await ctx.client.executions.cancel(item.id);
  writeFileSync(gate, '');

  await expectRunsAtEnd(ctx, id, 'completed', { each: 3, Z: 0, R: 1 });
  const ended = (await childrenByIndex(ctx, id)).filter((child) => taskName(child) === 'each');
  expect(ended.map(({ status }) => status)).toEqual(['completed', 'cancelled', 'cancelled', 'completed', 'completed']);
  const { result } = await ctx.client.executions.get(second!.id);
  expect(result).toEqual({ error: 'Cancelled by user before execution started' });
});

claim('T2.10h', NEEDS, 'the result of a list has its items, whatever these return', async (ctx) => {
  await ctx.pack('e2e');
  const documents = range(3).map((n) => ({ items: `own ${n}`, succeeded: 'no', result: { n } }));
  const each = task(ctx, 'each', 'produce-json', { document: '{{ item.text }}' }, onSuccess('after'));
  const templates = {
    count: '{{ length(result().items) }}',
    own: '{{ task.each.items[1].items }}',
    nested: '{{ task.each.items[2].result.n }}',
    succeeded: '{{ result().items[0].succeeded }}',
  };
  const items = documents.map((document) => ({ text: JSON.stringify(document) }));
  const id = await startEach(ctx, 3, items, each, [task(ctx, 'after', 'echo-params', templates)]);

  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const expected = { count: 3, own: 'own 1', nested: 2, succeeded: true };
  expect(await paramsOf(ctx, id, 'after')).toEqual({ ...ctx.ledgerInput('after'), ...expected });
  expect(root.result).toMatchObject({ items: documents.map((data) => ({ data, succeeded: true })) });
});
