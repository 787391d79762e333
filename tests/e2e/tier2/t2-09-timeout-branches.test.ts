// Spec: what a limit ends takes the timeout branch, and nothing else does.
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectPauses } from '../../../helpers/scenario/expectations';
import { until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { attemptsOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { task } from '../../../helpers/scenario/resources/workflow-task';
import { limitedTasks, LONG_MS, PAUSE_SECONDS, sleepTask } from '../../../helpers/scenario/time/limited-tasks';
import { LIMIT_SECONDS, limitSleepAction, TIMEOUT_ERROR, waitForRuns } from '../../../helpers/scenario/time/limits';
import { expectTimedOut, runBranching } from '../../../helpers/scenario/time/timeout-branches';

const NEEDS = ['workflows.task_timeout', 'executions.intervals', 'ledger.shared'];

const BRANCHES = [...NEEDS, 'executions.timeout', 'workflows.failure_branches'];

claim.time('T2.9d', BRANCHES, 'exit code 124 is a failure and a kill takes the timeout branch', async (ctx) => {
  await ctx.pack('e2e');

  const ended = await runBranching(ctx, {
    exits: { action: 'exit-with', input: { code: 124 } },
    sleeps: { action: 'sleep-for', input: { ms: LONG_MS }, stoppedAfter: 'start' },
  });

  expect(ended.children).toMatchObject([
    { status: 'failed', result: { exit_code: 124 } },
    { status: 'failed', result: { exit_code: -1, error: TIMEOUT_ERROR } },
  ]);
  expectTimedOut(ctx, ended, [false, true]);
});

claim.time('T2.9i', BRANCHES, 'only a stopped program has timed out, also one that exits by itself', async (ctx) => {
  await ctx.pack('e2e');
  const error = TIMEOUT_ERROR;

  const ended = await runBranching(ctx, {
    prints: { action: 'exit-with', input: { code: 1, err: error } },
    traps: { action: 'end-on-term', input: { out: ctx.nonce }, stoppedAfter: 'beat' },
  });

  expect(ended.children).toMatchObject([
    { status: 'failed', result: { exit_code: 1, error } },
    { status: 'failed', result: { exit_code: -1, error, stdout: ctx.nonce, signal: 'SIGTERM' } },
  ]);
  expectTimedOut(ctx, ended, [false, true]);
});

const RETRIES = [...BRANCHES, 'workflows.retry', 'workflows.with_items'];

claim.time('T2.9f', RETRIES, 'any limit takes the timeout branch, or else the failure branch', async (ctx) => {
  await limitSleepAction(ctx, LIMIT_SECONDS);
  const { ref: inner } = await ctx.workflow([sleepTask(ctx, 'I')], { name: 'inner', timeout: LIMIT_SECONDS });
  // A condition that cannot be evaluated holds only where the task has succeeded.
  const limited = limitedTasks(ctx, inner).map((each) => ({
    ...each,
    next: [...(each.next ?? []), { when: '{{ result().none.x }}', do: [`${each.name}-none`] }],
  }));
  const targets = limited.flatMap(({ next }) => next.flatMap((transition) => transition.do ?? []));
  const id = await startWorkflow(ctx, [...limited, ...targets.map((name) => task(ctx, name, 'append-ledger'))]);
  await waitForRuns(ctx, { retry: 1, item: 2, slow: 1, action: 1, I: 1, alone: 1 });

  await ctx.time.pass(LIMIT_SECONDS, { settle: false });
  const attempts = () => attemptsOf(ctx, id, 'retry');
  const isPlanned = async () => (await attempts()).length === 2;
  await until(predicateToHold('the second attempt to be planned', isPlanned), ctx.deadline);
  await ctx.time.pass(PAUSE_SECONDS, { settle: false });
  await waitForRuns(ctx, { retry: 2 });
  await ctx.time.pass(LIMIT_SECONDS, { settle: false });
  await waitForStatus(ctx, id);

  expectPauses(ctx, await attempts(), [PAUSE_SECONDS]); // from the end of the first one
  const taken = ['retry', 'item', 'subtask', 'action', 'workflow'].map((name) => `${name}-expiry`);
  expect(targets.filter((name) => runsOf(ctx, name) > 0)).toEqual([...taken, 'alone-failure']);
});
