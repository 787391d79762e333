// Spec: a failed task fails the workflow or starts its failure branch; parallel tasks still run.
import { claim } from '../../../helpers/scenario/claim';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { durationMs, recordedInterval, ledgerInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { onlyChildOfTask, statusByTask, taskName } from '../../../helpers/scenario/resources/child-executions';
import { until } from '../../../helpers/scenario/polling';
import { onFailure, onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';
import { expectOrder } from '../../../helpers/scenario/expectations';
import {
  attemptsOf,
  childOf,
  expectRunsAtEnd,
  paramsOf,
  runCounts,
  runsOf,
  startWorkflow,
} from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['executions.intervals', 'ledger.shared'];
const BRANCHES = [...NEEDS, 'workflows.failure_branches'];

claim('T2.2a', NEEDS, 'a failed second task fails the workflow; the third never starts', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B')),
    task(ctx, 'B', 'exit-with', { code: 3 }, onSuccess('C')),
    task(ctx, 'C', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { C: 0 });

  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'failed' });
  expect(runCounts(ctx, 'A', 'B')).toEqual({ A: 1, B: 1 });
  expect((await childOf(ctx, id, 'B')).result).toMatchObject({ exit_code: 3 });
  const { result } = await ctx.client.executions.get(id);
  expect(result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: B' });
});

claim('T2.2b', BRANCHES, 'a failure branch runs recovery and the workflow completes', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B')),
    task(ctx, 'B', 'exit-with', { code: 4 }, onFailure('R'), onSuccess('S')),
    task(ctx, 'R', 'echo-params', { code: '{{ result().exit_code }}' }),
    task(ctx, 'S', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'completed', { S: 0 });

  const children = await ctx.client.executions.children(id);
  const [B, R] = [onlyChildOfTask('B', children), onlyChildOfTask('R', children)];
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'failed', R: 'completed' });
  expectOrder(ctx, [B, R]);
  expect(await paramsOf(ctx, id, 'R')).toEqual({ ...ctx.ledgerInput('R'), code: 4 });
  expect(await ctx.client.executions.get(B.id)).toMatchObject({ status: 'failed', result: { exit_code: 4 } });
});

claim('T2.2c', BRANCHES, 'two separate failures are each recovered in sequence', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'S1', 'append-ledger', {}, onSuccess('F1')),
    task(ctx, 'F1', 'exit-with', { code: 11 }, onFailure('S2')),
    task(ctx, 'S2', 'append-ledger', {}, onSuccess('F2')),
    task(ctx, 'F2', 'exit-with', { code: 12 }, onFailure('S3'), onFailure('none')),
    task(ctx, 'S3', 'append-ledger'),
    { ...task(ctx, 'none', 'append-ledger'), when: '{{ false }}' },
  ]);

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  expect(children.map((child) => [taskName(child), child.status])).toEqual([
    ['S1', 'completed'],
    ['F1', 'failed'],
    ['S2', 'completed'],
    ['F2', 'failed'],
    ['S3', 'completed'],
  ]);
  expectOrder(ctx, children);
  const failed = [await childOf(ctx, id, 'F1'), await childOf(ctx, id, 'F2')];
  expect(failed.map(({ result }) => result)).toMatchObject([{ exit_code: 11 }, { exit_code: 12 }]);
});

/** Of the siblings of a task that fails: its program starts within this also on a busy host. */
const SIBLING_MS = 3_000;

claim('T2.2d', [...NEEDS, 'workers.slots'], 'parallel siblings finish when one branch fails', async (ctx) => {
  ctx.plan(SIBLING_MS);
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'P1', 'sleep-for', { ms: SIBLING_MS }),
    task(ctx, 'P2', 'exit-with', { code: 1 }),
    task(ctx, 'P3', 'sleep-for', { ms: SIBLING_MS }),
  ]);

  const root = await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const [P1, P2, P3] = ['P1', 'P2', 'P3'].map((name) => onlyChildOfTask(name, children));
  expect(statusByTask(children)).toEqual({ P1: 'completed', P2: 'failed', P3: 'completed' });
  expect(durationMs(ledgerInterval(P1!, ctx.ledger))).toBeGreaterThanOrEqual(SIBLING_MS);
  expect(durationMs(ledgerInterval(P3!, ctx.ledger))).toBeGreaterThanOrEqual(SIBLING_MS);
  expect(recordedInterval(P2!).finish).toBeLessThan(recordedInterval(P1!).finish);
  expect(workflowInterval(root).finish).toBeGreaterThanOrEqual(
    Math.max(recordedInterval(P1!).finish, recordedInterval(P3!).finish),
  );
  expect(root.result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: P2' });
});

claim('T2.2e', BRANCHES, 'an unhandled failure after a handled one fails the workflow', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'F1', 'exit-with', { code: 1 }, onFailure('R')),
    task(ctx, 'R', 'append-ledger', {}, onSuccess('F2', 'F3')),
    task(ctx, 'F2', 'exit-with', { code: 2 }, onSuccess('Z')),
    task(ctx, 'F3', 'exit-with', { code: 3 }, onSuccess('Z')),
    task(ctx, 'Z', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { Z: 0 });

  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ F1: 'failed', R: 'completed', F2: 'failed', F3: 'failed' });
  const { result } = await ctx.client.executions.get(id);
  const error = expect.stringMatching(/^Workflow failed: 2 task\(s\) failed: (F2, F3|F3, F2)$/) as string;
  expect(result).toMatchObject({ succeeded: false, error });
});

claim('T2.2f', BRANCHES, 'the failure branch does not start when the task succeeds', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('S'), onFailure('R')),
    task(ctx, 'S', 'append-ledger'),
    task(ctx, 'R', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'completed', { R: 0 });

  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ A: 'completed', S: 'completed' });
  expect(runCounts(ctx, 'A', 'S', 'R')).toEqual({ A: 1, S: 1, R: 0 });
});

claim('T2.2g', BRANCHES, 'a task starts once, by the transitions whose conditions hold', async (ctx) => {
  await ctx.pack('e2e');
  const invalid = '{{ result().no_such }}'; // holds after a success, and only then
  const skipped = task(ctx, 'K', 'append-ledger', {}, { when: '{{ not failed() }}', do: ['X'] }, { do: ['D'] });
  const tasks = [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('R'), { when: invalid, do: ['K'] }, onFailure('X')),
    { ...skipped, when: '{{ parameters.on == false }}' },
    task(ctx, 'R', 'append-ledger', {}, onSuccess('B')),
    task(
      ctx,
      'B',
      'exit-with',
      { code: 4 },
      { when: invalid, do: ['X'] },
      { when: '{{ result().exit_code == 5 }}', do: ['X'] },
      { do: ['D'] }, // which has started after K
    ),
    task(ctx, 'D', 'append-ledger'),
    task(ctx, 'X', 'append-ledger'),
  ];
  const id = await startWorkflow(ctx, tasks, {}, { parameters: { on: true } });

  await expectRunsAtEnd(ctx, id, 'completed', { X: 0 });

  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ A: 'completed', R: 'completed', B: 'failed', D: 'completed' });
  expect(runCounts(ctx, 'A', 'K', 'R', 'B', 'D')).toEqual({ A: 1, K: 0, R: 1, B: 1, D: 1 });
});

const CANCELS = [...BRANCHES, 'workflows.retry', 'executions.cancel'];

claim('T2.2h', CANCELS, 'a cancelled task takes its failure branch and is not retried', async (ctx) => {
  await ctx.pack('e2e');
  const sleeping = { action_ref: ctx.action('sleep-for'), parameters: { ...ctx.ledgerInput('other'), ms: 60_000 } };
  const other = await ctx.client.executions.execute(sleeping);
  const waiting = task(ctx, 'W', 'fail-n-times', { n: 9 }, onSuccess('S'), onFailure('V'));
  const running = task(ctx, 'T', 'sleep-for', { ms: 30_000 }, onSuccess('S'), onFailure('R'));
  const cancelled = '{{ result().cancelled }}';
  const id = await startWorkflow(ctx, [
    { ...waiting, retry: { count: 2, delay: 60 } },
    { ...running, retry: { count: 2, delay: 0 } },
    ...['R', 'V'].map((name) => task(ctx, name, 'echo-params', { cancelled })),
    task(ctx, 'S', 'append-ledger'),
  ]);
  const areRunning = () => ['T', 'other'].every((label) => runsOf(ctx, label) === 1);
  const hasStarted = async () => areRunning() && (await attemptsOf(ctx, id, 'W')).length === 2;
  await until(predicateToHold('T to run and W to wait for its retry', hasStarted), ctx.deadline);

  const [first, second] = await attemptsOf(ctx, id, 'W');
  for (const execution of [second!.id, (await childOf(ctx, id, 'T')).id]) await ctx.client.executions.cancel(execution);

  await expectRunsAtEnd(ctx, id, 'completed', { S: 0 });
  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children.filter((child) => child.id !== first!.id))).toEqual({
    ...{ W: 'cancelled', V: 'completed' },
    ...{ T: 'cancelled', R: 'completed' },
  });
  for (const name of ['R', 'V'])
    expect(await paramsOf(ctx, id, name)).toEqual({ ...ctx.ledgerInput(name), cancelled: true });
  expect((await ctx.client.executions.get(other.id)).status).toBe('running');
});

claim('T2.2i', BRANCHES, 'a failure branch that cannot start handles nothing', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'F', 'exit-with', { code: 1 }, onFailure('R'), onSuccess('S')),
    { name: 'R', action: `${await ctx.ownPack()}.no-such-action` },
    task(ctx, 'S', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { F: 1, S: 0 });

  const { result } = await ctx.client.executions.get(id);
  const error = expect.stringMatching(/^Workflow failed: 2 task\(s\) failed: (F, R|R, F)$/) as string;
  expect(result).toMatchObject({ succeeded: false, error });
});
