// Spec: a failed task either ends the flow or takes its failure branch, and never disturbs parallel work.
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { IN_BOTH_CLOCKS, lengthMs, precedes, run, wit } from '../../../helpers/intervals';
import { only, statusByTask, taskOf } from '../../../helpers/lineage';
import { stays, until } from '../../../helpers/polling';
import { onFailure, onSuccess, task, type Task } from '../../../helpers/workflow';

const NEEDS = ['executions.intervals', 'ledger.shared'];
const BRANCHES = [...NEEDS, 'workflows.failure_branches'];

const start = async (ctx: Context, tasks: Task[]): Promise<number> => {
  const { ref } = await ctx.workflow(tasks);
  return (await ctx.client.executions.execute({ action_ref: ref })).id;
};

const runsOf = (ctx: Context, name: string): number => ctx.ledger.count(ctx.signed(name).key);

/** Waits for the end, and then that the named task never begins. */
const neverRuns = (ctx: Context, name: string, id: number, goal: 'completed' | 'failed') =>
  stays(() => runsOf(ctx, name), 0, executionToBe(goal, ctx.client, id), ctx.quietMs, ctx.deadline);

claim('T2.2a', NEEDS, 'a failing second task stops the third and fails the workflow', async (ctx) => {
  await ctx.pack('e2e');
  const id = await start(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B')),
    task(ctx, 'B', 'exit-with', { code: 3 }, onSuccess('C')),
    task(ctx, 'C', 'append-ledger'),
  ]);

  await neverRuns(ctx, 'C', id, 'failed');

  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'failed' });
  expect([runsOf(ctx, 'A'), runsOf(ctx, 'B')]).toEqual([1, 1]);
  expect((await ctx.client.executions.get(only('B', children).id)).result).toMatchObject({ exit_code: 3 });
  const { result } = await ctx.client.executions.get(id);
  expect(result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: B' });
});

claim('T2.2b', BRANCHES, 'a failure branch runs recovery and the workflow completes', async (ctx) => {
  await ctx.pack('e2e');
  const id = await start(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B')),
    task(ctx, 'B', 'exit-with', { code: 4 }, onFailure('R'), onSuccess('S')),
    task(ctx, 'R', 'echo-params', { code: '{{ result().exit_code }}' }),
    task(ctx, 'S', 'append-ledger'),
  ]);

  await neverRuns(ctx, 'S', id, 'completed');

  const children = await ctx.client.executions.children(id);
  const [B, R] = [only('B', children), only('R', children)];
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'failed', R: 'completed' });
  expect(precedes(B, R, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
  expect((await ctx.client.executions.get(R.id)).result).toMatchObject({
    data: { params: { ...ctx.signed('R'), code: 4 } },
  });
  expect(await ctx.client.executions.get(B.id)).toMatchObject({ status: 'failed', result: { exit_code: 4 } });
});

claim('T2.2c', BRANCHES, 'two separate failures are each recovered in sequence', async (ctx) => {
  await ctx.pack('e2e');
  const id = await start(ctx, [
    task(ctx, 'S1', 'append-ledger', {}, onSuccess('F1')),
    task(ctx, 'F1', 'exit-with', { code: 11 }, onFailure('S2')),
    task(ctx, 'S2', 'append-ledger', {}, onSuccess('F2')),
    task(ctx, 'F2', 'exit-with', { code: 12 }, onFailure('S3')),
    task(ctx, 'S3', 'append-ledger'),
  ]);

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  expect(children.map((child) => [taskOf(child), child.status])).toEqual([
    ['S1', 'completed'],
    ['F1', 'failed'],
    ['S2', 'completed'],
    ['F2', 'failed'],
    ['S3', 'completed'],
  ]);
  const links = children.slice(1).map((next, n) => precedes(children[n]!, next, ctx.ledger));
  expect(links).toEqual(Array.from({ length: 4 }, () => IN_BOTH_CLOCKS));
  const failed = await Promise.all(['F1', 'F2'].map((name) => ctx.client.executions.get(only(name, children).id)));
  expect(failed.map(({ result }) => result)).toMatchObject([{ exit_code: 11 }, { exit_code: 12 }]);
});

claim('T2.2d', NEEDS, 'parallel siblings finish although one branch fails at once', async (ctx) => {
  await ctx.pack('e2e');
  const id = await start(ctx, [
    task(ctx, 'P1', 'sleep-for', { ms: 400 }),
    task(ctx, 'P2', 'exit-with', { code: 1 }),
    task(ctx, 'P3', 'sleep-for', { ms: 400 }),
  ]);

  const root = await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const [P1, P2, P3] = ['P1', 'P2', 'P3'].map((name) => only(name, children));
  expect(statusByTask(children)).toEqual({ P1: 'completed', P2: 'failed', P3: 'completed' });
  expect(lengthMs(wit(P1!, ctx.ledger))).toBeGreaterThanOrEqual(400);
  expect(lengthMs(wit(P3!, ctx.ledger))).toBeGreaterThanOrEqual(400);
  expect(run(P2!).finish).toBeLessThan(run(P1!).finish);
  expect(run(root).finish).toBeGreaterThanOrEqual(Math.max(run(P1!).finish, run(P3!).finish));
  expect(root.result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: P2' });
});

claim('T2.2e', BRANCHES, 'a handled failure does not excuse a later unhandled one', async (ctx) => {
  await ctx.pack('e2e');
  const id = await start(ctx, [
    task(ctx, 'F1', 'exit-with', { code: 1 }, onFailure('R')),
    task(ctx, 'R', 'append-ledger', {}, onSuccess('F2')),
    task(ctx, 'F2', 'exit-with', { code: 2 }, onSuccess('Z')),
    task(ctx, 'Z', 'append-ledger'),
  ]);

  await neverRuns(ctx, 'Z', id, 'failed');

  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ F1: 'failed', R: 'completed', F2: 'failed' });
  const { result } = await ctx.client.executions.get(id);
  expect(result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: F2' });
});

claim('T2.2f', BRANCHES, 'the failure branch stays silent when the task succeeds', async (ctx) => {
  await ctx.pack('e2e');
  const id = await start(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('S'), onFailure('R')),
    task(ctx, 'S', 'append-ledger'),
    task(ctx, 'R', 'append-ledger'),
  ]);

  await neverRuns(ctx, 'R', id, 'completed');

  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ A: 'completed', S: 'completed' });
  expect([runsOf(ctx, 'A'), runsOf(ctx, 'S'), runsOf(ctx, 'R')]).toEqual([1, 1, 0]);
});
