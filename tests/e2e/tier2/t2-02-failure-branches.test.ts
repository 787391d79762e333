// Spec: a branch starts once, by its condition, also after a cancellation.
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { expectOrder } from '../../../helpers/scenario/expectations';
import { until } from '../../../helpers/scenario/polling';
import { taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { statusByTask, taskName } from '../../../helpers/scenario/resources/child-executions';
import { readExecutions, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import {
  attemptsOf,
  expectRunsAtEnd,
  paramsOf,
  runsOf,
  startWorkflow,
} from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, onSuccess, task, type Task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.intervals', 'ledger.shared'];

const BRANCHES = [...NEEDS, 'workflows.failure_branches'];

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

  await waitForStatus(ctx, id);

  const children = await readExecutions(ctx, await ctx.client.executions.children(id));
  const statuses = children.map((child) => `${taskName(child)} ${child.status}`);
  expect(statuses).toEqual(['S1 completed', 'F1 failed', 'S2 completed', 'F2 failed', 'S3 completed']);
  expectOrder(ctx, children);
  const [, F1, , F2] = children;
  expect([F1!.result, F2!.result]).toMatchObject([{ exit_code: 11 }, { exit_code: 12 }]);
});

claim('T2.2f', BRANCHES, 'the failure branch does not start when the task succeeds', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('S'), onFailure('R')),
    task(ctx, 'S', 'append-ledger'),
    task(ctx, 'R', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'completed', { A: 1, S: 1, R: 0 });

  await expectTasks(ctx, id, { A: 'completed', S: 'completed' });
});

const INVALID = '{{ result().no_such }}'; // holds after a success, and only then

/**
 * The tasks before D that each start it, or X, by some of their conditions. K is skipped, and
 * starts Y, too.
 */
const conditionalTasks = (ctx: Context): Task[] => [
  task(ctx, 'A', 'append-ledger', {}, onSuccess('R'), { when: INVALID, do: ['K'] }, onFailure('X')),
  {
    ...task(ctx, 'K', 'append-ledger', {}, { when: '{{ not failed() }}', do: ['X'] }, { do: ['D', 'Y'] }),
    when: '{{ parameters.on == false }}',
  },
  task(ctx, 'R', 'append-ledger', {}, onSuccess('B')),
  task(
    ctx,
    'B',
    'exit-with',
    { code: 4 },
    { when: INVALID, do: ['X'] },
    { when: '{{ result().exit_code == 5 }}', do: ['X'] },
    { do: ['D'] }, // which has started after K
  ),
];

claim('T2.2g', BRANCHES, 'a task starts once, by the transitions whose conditions hold', async (ctx) => {
  await ctx.pack('e2e');
  const ends = ['D', 'X', 'Y'].map((name) => task(ctx, name, 'append-ledger'));
  const id = await startWorkflow(ctx, [...conditionalTasks(ctx), ...ends], {}, { parameters: { on: true } });

  await expectRunsAtEnd(ctx, id, 'completed', { A: 1, K: 0, R: 1, B: 1, D: 1, X: 0, Y: 1 });

  await expectTasks(ctx, id, { A: 'completed', R: 'completed', B: 'failed', D: 'completed', Y: 'completed' });
});

const CANCELS = [...BRANCHES, 'workflows.retry', 'executions.cancel', 'inquiries.ask'];

/**
 * Starts tasks T, which runs, W, whose second attempt waits, and the inquiry of `gate`. R, V and N
 * are their failure branches, S follows a success.
 */
const startCancellable = async (ctx: Context): Promise<number> => {
  const waiting = task(ctx, 'W', 'fail-n-times', { n: 9 }, onSuccess('S'), onFailure('V'));
  const running = task(ctx, 'T', 'sleep-for', { ms: 30_000 }, onSuccess('S'), onFailure('R'));
  const cancelled = '{{ result().cancelled }}';
  const id = await startWorkflow(ctx, [
    { ...waiting, retry: { count: 2, delay: 60 } },
    { ...running, retry: { count: 2, delay: 0 } },
    { ...inquiryTask({}, { next: [onSuccess('S'), onFailure('N')] }), retry: { count: 2, delay: 0 } },
    ...['R', 'V', 'N'].map((name) => task(ctx, name, 'echo-params', { cancelled })),
    task(ctx, 'S', 'append-ledger'),
  ]);
  const hasStarted = async () => runsOf(ctx, 'T') === 1 && (await attemptsOf(ctx, id, 'W')).length === 2;
  await until(predicateToHold('T to run and W to wait for its retry', hasStarted), ctx.deadline);
  return id;
};

claim('T2.2h', CANCELS, 'a cancelled task takes its failure branch and is not retried', async (ctx) => {
  await ctx.pack('e2e');
  const sleeping = { action_ref: ctx.action('sleep-for'), parameters: { ...ctx.ledgerInput('other'), ms: 60_000 } };
  const other = await ctx.client.executions.execute(sleeping);
  await until(
    predicateToHold('the other execution to run', () => runsOf(ctx, 'other') === 1),
    ctx.deadline,
  );
  const id = await startCancellable(ctx);

  const [first, second] = await attemptsOf(ctx, id, 'W');
  const { execution: gate } = await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline);
  for (const execution of [second!, ...(await attemptsOf(ctx, id, 'T')), { id: gate }])
    await ctx.client.executions.cancel(execution.id);
  await expectRunsAtEnd(ctx, id, 'completed', { S: 0 });

  const ended = (await ctx.client.executions.children(id)).filter((child) => child.id !== first!.id);
  const [cancelled, branches] = [
    ['W', 'T', 'gate'],
    ['V', 'R', 'N'],
  ];
  const statuses = [...cancelled.map((name) => [name, 'cancelled']), ...branches.map((name) => [name, 'completed'])];
  expect(statusByTask(ended)).toEqual(Object.fromEntries(statuses));
  const reasons = (await readExecutions(ctx, ended)).map((each) => [each.status, each.termination_reason]);
  if (ctx.canProve('executions.suspended'))
    expect(reasons.filter(([status]) => status === 'cancelled').map(([, reason]) => reason)).toEqual(
      cancelled.map(() => 'stop_requested'),
    );
  for (const name of branches)
    expect(await paramsOf(ctx, id, name)).toEqual({ ...ctx.ledgerInput(name), cancelled: true });
  expect((await ctx.client.executions.get(other.id)).status).toBe('running');
});
