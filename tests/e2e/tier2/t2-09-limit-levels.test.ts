// Spec: the shortest limit counts, at the level that set it, and selects the branch.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { recordedInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { waitForAll, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { pinToOneWorker } from '../../../helpers/scenario/resources/execution-limits';
import { childOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { task } from '../../../helpers/scenario/resources/workflow-task';
import { limitedTasks, LONG_MS, sleepTask } from '../../../helpers/scenario/time/limited-tasks';
import { expectLimited, limitSleepAction, planLimit, startPinned } from '../../../helpers/scenario/time/limits';
import { expectTimedOut, planReadyLimit, runBranching } from '../../../helpers/scenario/time/timeout-branches';
import { NEIGHBOR_MS } from '../../../helpers/scenario/upper-bound';

const NEEDS = ['workflows.task_timeout', 'executions.intervals', 'ledger.shared'];

const LIMITS = [...NEEDS, 'executions.timeout'];

/** The result of an execution that a limit of this level ended. */
const timeoutAt = (level: string, limit: number) => ({ timed_out: true, timeout_seconds: limit, timeout_level: level });

/** Starts an action that sleeps with a limit of the request, seconds. Returns its id. */
const startLimited = async (ctx: Context, limit: number): Promise<number> => {
  const { id } = await ctx.client.executions.execute({
    action_ref: ctx.action('sleep-for'),
    parameters: { ...ctx.ledgerInput('R'), ms: LONG_MS },
    timeout_seconds: limit,
    ...pinToOneWorker(ctx.facts.capabilities),
  });
  return id;
};

/** Each label wrote one start to the ledger, and nothing else was written. */
const expectOnlyStarts = (ctx: Context, ...labels: string[]) => {
  const entries = ctx.ledger.entries().map(({ key, event }) => [key, event]);
  expect(entries.sort()).toEqual(labels.map((label) => [ctx.ledgerInput(label).key, 'start']).sort());
};

claim.concurrent('T2.9b', LIMITS, 'the shortest of request, action and task limit ends the run', async (ctx) => {
  const limit = planLimit(ctx);
  await limitSleepAction(ctx, limit);
  const byAction = await startPinned(ctx, 'action', [sleepTask(ctx, 'A'), sleepTask(ctx, 'B', 20)]);
  await limitSleepAction(ctx, 20);
  const byTask = await startPinned(ctx, 'task', [sleepTask(ctx, 'T', limit)]);
  const byRequest = await startLimited(ctx, limit);

  const [, , R] = await waitForAll(ctx, [byAction, byTask, byRequest], 'failed');

  const children = [
    await childOf(ctx, byAction, 'A'),
    await childOf(ctx, byAction, 'B'),
    await childOf(ctx, byTask, 'T'),
  ];
  const ended = [...children, R!];
  expect(ended.map(({ status, result }) => [status, result])).toMatchObject(
    ['action', 'action', 'task', 'request'].map((level) => ['failed', timeoutAt(level, limit)]),
  );
  expect(children.map((child) => child.workflow_task?.timed_out)).toEqual([true, true, true]);
  expectLimited(ctx, limit * 1_000, ctx.facts.killGraceMs, ended.map(recordedInterval));
  expectOnlyStarts(ctx, 'A', 'B', 'T', 'R');
});

claim.concurrent('T2.9h', LIMITS, 'the limit of a workflow fails it, and stops its running task', async (ctx) => {
  await ctx.pack('e2e');
  const limit = planLimit(ctx, 2 * NEIGHBOR_MS); // a workflow ends after its task was stopped
  const tasks = [sleepTask(ctx, 'W', 20, 'Z'), task(ctx, 'Z', 'append-ledger')];
  const whole = await startPinned(ctx, 'workflow', tasks, { timeout: limit });
  const { ref: inner } = await ctx.workflow([sleepTask(ctx, 'I')], { name: 'inner', timeout: limit });
  const outer = await startPinned(ctx, 'outer', [{ name: 'nested', action: inner }]);

  const [root] = await waitForAll(ctx, [whole, outer], 'failed');

  const [W, N] = [await childOf(ctx, whole, 'W'), await childOf(ctx, outer, 'nested')];
  const limited = timeoutAt('workflow', limit);
  expect(W).toMatchObject({ status: 'cancelled', result: { timeout_level: 'workflow' } });
  expect(N).toMatchObject({ status: 'failed', result: limited });
  expect(root!.result).toMatchObject({ ...limited, error: `Execution timed out after ${limit} seconds` });
  expect([W, N].map((child) => child.workflow_task?.timed_out)).toEqual([false, true]);
  expectLimited(ctx, limit * 1_000, ctx.facts.killGraceMs, [workflowInterval(root!)]);
  expectOnlyStarts(ctx, 'W', 'I'); // no end, and no start of Z
});

const BRANCHES = [...NEEDS, 'executions.timeout', 'workflows.failure_branches'];

claim.concurrent('T2.9d', BRANCHES, 'exit code 124 is a failure and a kill takes the timeout branch', async (ctx) => {
  await ctx.pack('e2e');
  const limit = planReadyLimit(ctx);

  const ended = await runBranching(ctx, limit, {
    exits: { action: 'exit-with', input: { code: 124 } },
    sleeps: { action: 'sleep-for', input: { ms: LONG_MS }, limited: true },
  });

  const error = `Execution timed out after ${limit} seconds`;
  expect(ended.children).toMatchObject([
    { status: 'failed', result: { exit_code: 124 } },
    { status: 'failed', result: { exit_code: -1, error } },
  ]);
  expectTimedOut(ctx, ended, [false, true]);
  const [exits, sleeps] = ended.children.map((child) => recordedInterval(child).finish);
  expect(exits).toBeLessThan(sleeps!);
});

claim.concurrent(
  'T2.9i',
  BRANCHES,
  'only a stopped program has timed out, also one that exits by itself',
  async (ctx) => {
    await ctx.pack('e2e');
    const limit = planReadyLimit(ctx);
    const error = `Execution timed out after ${limit} seconds`;

    const ended = await runBranching(ctx, limit, {
      prints: { action: 'exit-with', input: { code: 1, err: error } },
      traps: { action: 'end-on-term', input: { out: ctx.nonce }, limited: true },
    });

    expect(ended.children).toMatchObject([
      { status: 'failed', result: { exit_code: 1, error } },
      { status: 'failed', result: { exit_code: -1, error, stdout: ctx.nonce } },
    ]);
    expectTimedOut(ctx, ended, [false, true]);
  },
);

const RETRIES = [...BRANCHES, 'workflows.retry', 'workflows.with_items'];

claim.concurrent('T2.9f', RETRIES, 'any limit takes the timeout branch, or else the failure branch', async (ctx) => {
  const limit = planLimit(ctx);
  ctx.plan(limit * 1_000); // of the second attempt
  await limitSleepAction(ctx, limit);
  const { ref: inner } = await ctx.workflow([sleepTask(ctx, 'I')], { name: 'inner', timeout: limit });
  const limited = limitedTasks(ctx, limit, inner);
  const targets = limited.flatMap(({ next = [] }) => next.flatMap((transition) => transition.do ?? []));
  const id = await startWorkflow(ctx, [...limited, ...targets.map((name) => task(ctx, name, 'append-ledger'))]);

  await waitForStatus(ctx, id);

  const taken = ['retry', 'item', 'subtask', 'action', 'workflow'].map((name) => `${name}-expiry`);
  expect(targets.filter((name) => runsOf(ctx, name) > 0)).toEqual([...taken, 'alone-failure']);
});
