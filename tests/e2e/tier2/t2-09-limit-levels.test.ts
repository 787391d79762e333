// Spec: the shortest limit counts, at the level that set it.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { waitForAll, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { pinToOneWorker } from '../../../helpers/scenario/resources/execution-limits';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { task } from '../../../helpers/scenario/resources/workflow-task';
import { LONG_MS, sleepTask } from '../../../helpers/scenario/time/limited-tasks';
import {
  LIMIT_SECONDS,
  limitSleepAction,
  passLimit,
  ranSeconds,
  startPinned,
  TIMEOUT_ERROR,
  waitForRuns,
} from '../../../helpers/scenario/time/limits';

const NEEDS = ['workflows.task_timeout', 'executions.intervals', 'ledger.shared'];

const LIMITS = [...NEEDS, 'executions.timeout'];

/** The result of an execution that a limit of this level ended. */
const timeoutAt = (level: string, seconds = LIMIT_SECONDS) => ({
  timed_out: true,
  timeout_seconds: seconds,
  timeout_level: level,
});

/** A limit that does not end what a shorter one ends. */
const LONGER_SECONDS = 20;

/** Starts an action that sleeps with a limit of the request. Returns its id. */
const startLimited = async (ctx: Context): Promise<number> => {
  const { id } = await ctx.client.executions.execute({
    action_ref: ctx.action('sleep-for'),
    parameters: { ...ctx.ledgerInput('R'), ms: LONG_MS },
    timeout_seconds: LIMIT_SECONDS,
    ...pinToOneWorker(ctx.facts.capabilities),
  });
  return id;
};

/** Each label wrote one start to the ledger, and nothing else was written. */
const expectOnlyStarts = (ctx: Context, ...labels: string[]) => {
  const entries = ctx.ledger.entries().map(({ key, event }) => [key, event]);
  expect(entries.sort()).toEqual(labels.map((label) => [ctx.ledgerInput(label).key, 'start']).sort());
};

claim.time('T2.9b', LIMITS, 'the shortest of request, action and task limit ends the run', async (ctx) => {
  await limitSleepAction(ctx, LIMIT_SECONDS);
  const byAction = await startPinned(ctx, 'action', [sleepTask(ctx, 'A'), sleepTask(ctx, 'B', LONGER_SECONDS)]);
  await waitForRuns(ctx, { A: 1, B: 1 });
  await limitSleepAction(ctx, LONGER_SECONDS);
  const byTask = await startPinned(ctx, 'task', [sleepTask(ctx, 'T', LIMIT_SECONDS)]);
  const ids = [byAction, byTask, await startLimited(ctx)];
  await waitForRuns(ctx, { T: 1, R: 1 });

  await passLimit(ctx, ids);
  const [, , R] = await waitForAll(ctx, ids, 'failed');

  const children = [
    await childOf(ctx, byAction, 'A'),
    await childOf(ctx, byAction, 'B'),
    await childOf(ctx, byTask, 'T'),
  ];
  const ended = [...children, R!];
  expect(ended.map(({ status, result }) => [status, result])).toMatchObject(
    ['action', 'action', 'task', 'request'].map((level) => ['failed', timeoutAt(level)]),
  );
  expect(children.map((child) => child.workflow_task?.timed_out)).toEqual([true, true, true]);
  ctx.time.expectSeconds(ended.map(ranSeconds), Array(4).fill(LIMIT_SECONDS));
  expectOnlyStarts(ctx, 'A', 'B', 'T', 'R');
});

claim.time('T2.9h', LIMITS, 'the limit of a workflow fails it, and stops its running task', async (ctx) => {
  await ctx.pack('e2e');
  const timeout = LIMIT_SECONDS;
  const tasks = [sleepTask(ctx, 'W', LONGER_SECONDS, 'Z'), task(ctx, 'Z', 'append-ledger')];
  const whole = await startPinned(ctx, 'workflow', tasks, { timeout });
  const { ref: inner } = await ctx.workflow([sleepTask(ctx, 'I')], { name: 'inner', timeout });
  const outer = await startPinned(ctx, 'outer', [{ name: 'nested', action: inner }]);
  await waitForRuns(ctx, { W: 1, I: 1 });

  await passLimit(ctx, [whole, outer]);
  const [root] = await waitForAll(ctx, [whole, outer], 'failed');

  const [W, N] = [await childOf(ctx, whole, 'W'), await childOf(ctx, outer, 'nested')];
  const limited = timeoutAt('workflow');
  expect(W).toMatchObject({ status: 'cancelled', result: { timeout_level: 'workflow' } });
  expect(N).toMatchObject({ status: 'failed', result: limited });
  expect(root!.result).toMatchObject({ ...limited, error: TIMEOUT_ERROR });
  expect([W, N].map((child) => child.workflow_task?.timed_out)).toEqual([false, true]);
  ctx.time.expectSeconds([root!, N].map(ranSeconds), [timeout, timeout]);
  expectOnlyStarts(ctx, 'W', 'I'); // no end, and no start of Z
});

/** With the cleanup of the claim. */
const STOPPED = { cancellation_policy: 'cancel_running' } as const;

claim.time('T2.9o', LIMITS, 'a limit of the request ends a whole workflow, one of a task does not', async (ctx) => {
  await ctx.pack('e2e');
  const limit = (timeout_seconds: number) => ({ ...pinToOneWorker(ctx.facts.capabilities), timeout_seconds });
  const tasks = (label: string) => [sleepTask(ctx, label, LONGER_SECONDS)];
  const whole = { name: 'whole', timeout: LONGER_SECONDS };
  const byRequest = await startWorkflow(ctx, tasks('R'), whole, limit(LIMIT_SECONDS));
  const byWorkflow = await startWorkflow(ctx, tasks('W'), { timeout: LIMIT_SECONDS }, limit(LONGER_SECONDS));
  const { ref: action } = await ctx.workflow(tasks('T'), { name: 'called', ...STOPPED });
  const byTask = await startPinned(ctx, 'caller', [{ name: 'called', action, timeout: LIMIT_SECONDS }], STOPPED);
  await waitForRuns(ctx, { R: 1, W: 1, T: 1 });

  await ctx.time.pass(LIMIT_SECONDS, { settle: false });
  const [R, W] = await waitForAll(ctx, [byRequest, byWorkflow], 'failed');

  expect(R!.result).toMatchObject({ ...timeoutAt('request'), error: TIMEOUT_ERROR });
  expect(W!.result).toMatchObject(timeoutAt('workflow'));
  expect((await childOf(ctx, byRequest, 'R')).result).toMatchObject({ timeout_level: 'workflow' });
  expect((await childOf(ctx, byTask, 'called')).status).toBe('running');
  ctx.time.expectSeconds([R!, W!].map(ranSeconds), [LIMIT_SECONDS, LIMIT_SECONDS]);
});

claim.realTime('T2.9k', LIMITS, 'the limit of a workflow passes by the real clock', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startPinned(ctx, 'workflow', [sleepTask(ctx, 'W')], { timeout: 1 });

  const root = await waitForStatus(ctx, id, 'failed');

  expect(root.result).toMatchObject(timeoutAt('workflow', 1));
  ctx.time.expectSeconds([ranSeconds(root)], [1]);
});
