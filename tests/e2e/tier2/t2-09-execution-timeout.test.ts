// Spec: a limit stops all processes of an execution, and nothing else.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { durationMs, ledgerInterval, recordedInterval } from '../../../helpers/scenario/intervals';
import { stays } from '../../../helpers/scenario/polling';
import { waitForAll, waitForStatus, type Execution } from '../../../helpers/scenario/resources/ended-executions';
import { pinToOneWorker, timeoutMarker } from '../../../helpers/scenario/resources/execution-limits';
import { expectFailedBy } from '../../../helpers/scenario/resources/task-statuses';
import { childOf, runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';
import {
  expectLimited,
  expectStopped,
  planLimit,
  PROGRAM_START_MS,
  startPinned,
} from '../../../helpers/scenario/time/limits';
import { stopStubborn } from '../../../helpers/scenario/time/stubborn-process';
import { expectRows, type BoundRow } from '../../../helpers/scenario/upper-bound';

const NEEDS = ['workflows.task_timeout', 'executions.intervals', 'ledger.shared'];

const ON_HOST = [...NEEDS, 'host.processes'];

/** A platform that looked for passed limits at regular times would do so at least as often. */
const LIMIT_CHECK_MS = 1_000;

/** Its worker completes another execution. */
const expectWorkerToContinue = async (ctx: Context, { worker }: Execution) => {
  const echo = await ctx.client.executions.execute({
    action_ref: ctx.action('echo-params'),
    parameters: ctx.ledgerInput('next'),
    ...pinToOneWorker(ctx.facts.capabilities),
  });
  expect((await waitForStatus(ctx, echo.id)).worker).toBe(worker);
};

const PINNED = [...ON_HOST, 'workers.pin'];

claim.concurrent('T2.9a', PINNED, 'a task over its limit is stopped with all its child processes', async (ctx) => {
  await ctx.pack('e2e');
  const limit = planLimit(ctx);
  const spawn = { ...task(ctx, 'spawn', 'spawn-children-and-sleep', {}, onSuccess('after')), timeout: limit };
  const id = await startPinned(ctx, 'flow', [spawn, task(ctx, 'after', 'append-ledger')]);

  await waitForStatus(ctx, id, 'failed');

  const child = await childOf(ctx, id, 'spawn');
  const error = `Execution timed out after ${limit} seconds`;
  expect(child).toMatchObject({ status: 'failed', result: { error } });
  expect(timeoutMarker(child, ctx.facts.capabilities).isTimedOut).toBe(true);
  expectLimited(ctx, limit * 1_000, ctx.facts.killGraceMs, [recordedInterval(child)]);
  expectStopped(ctx, child, 'spawn', recordedInterval(child).finish);
  await expectFailedBy(ctx, id, 'spawn');
  await expectWorkerToContinue(ctx, child);
  expect(runsOf(ctx, 'after')).toBe(0);
});

const WORK_MS = 1_000;
const LIMIT_MS = WORK_MS + PROGRAM_START_MS;

/** By name; 0 is no limit. */
const LIMITS = { limited: { timeout: LIMIT_MS / 1_000 }, free: {}, zero: { timeout: 0 } };

/** Each ran for the whole time, by its own record and by that of the platform. */
const expectWholeRuns = (ctx: Context, executions: readonly Execution[]) => {
  const durations = executions.map((child) => [
    durationMs(ledgerInterval(child, ctx.ledger)),
    (child.result as { duration_ms: number }).duration_ms,
  ]);
  expect(durations.flat().filter((duration) => duration < WORK_MS)).toEqual([]);
};

claim.concurrent('T2.9c', NEEDS, 'work shorter than its limit, or without a limit, completes', async (ctx) => {
  await ctx.pack('e2e');
  ctx.plan(LIMIT_MS);
  const names = Object.keys(LIMITS);
  const tasks = Object.entries(LIMITS).map(([name, limit]) => ({
    ...task(ctx, name, 'sleep-for', { ms: WORK_MS }),
    ...limit,
  }));
  const ids = await Promise.all(tasks.map((each) => startPinned(ctx, each.name, [each])));
  await waitForAll(ctx, ids);

  const records = () => Promise.all(names.map((name, n) => childOf(ctx, ids[n]!, name)));
  const first = await records();
  const pastLimitMs = PROGRAM_START_MS + Math.max(ctx.quietMs, 2 * LIMIT_CHECK_MS);
  await stays(records, first, executionToBe('completed', ctx.client, ids[0]!), pastLimitMs, ctx.deadline);

  const completed = { status: 'completed', result: { succeeded: true, exit_code: 0 } };
  expect(first).toMatchObject(Array(3).fill(completed));
  expectWholeRuns(ctx, first);
  const entries = names.map((name) => ctx.ledger.entries(ctx.ledgerInput(name).key).map(({ event }) => event));
  expect(entries).toEqual(Array(3).fill(['start', 'end']));
  if (ctx.canProve('executions.log')) await expectNoLevel(ctx, ids);
});

/** The trees of workflows with one task name no level of a limit. */
const expectNoLevel = async ({ client }: Context, ids: readonly number[]) => {
  const trees = await Promise.all(ids.map((id) => client.executions.tree(id)));
  const levels = trees.map(({ children }) => children.map((node) => node.timeout_level));
  expect(levels).toEqual(ids.map(() => [null]));
};

claim.concurrent('T2.9g', NEEDS, 'a task of pack core that is shorter than its limit completes', async (ctx) => {
  ctx.plan(LIMIT_MS);
  const sleep = { name: 'sleep', action: 'core.sleep', input: { seconds: WORK_MS / 1_000 }, timeout: LIMIT_MS / 1_000 };
  const id = await startPinned(ctx, 'core', [sleep]);

  await waitForStatus(ctx, id);

  const child = await childOf(ctx, id, 'sleep');
  expect(child).toMatchObject({ status: 'completed', result: { succeeded: true, exit_code: 0 } });
  if (ctx.canProve('executions.log')) await expectNoLevel(ctx, [id]);
});

/** Runs at most: another one follows only where this host was too busy to decide. */
const MAX_RUNS = 3;

claim.concurrent(
  'T2.9e',
  ON_HOST,
  'a process that ignores SIGTERM gets SIGKILL after the grace period',
  async (ctx) => {
    await ctx.pack('e2e');
    let rows: BoundRow[] = [];
    for (let run = 1; run <= MAX_RUNS; run++) {
      rows = await stopStubborn(ctx, `stubborn-${run}`);
      if (rows.every(({ result }) => result !== 'undecidable')) break;
    }
    expectRows(rows);
  },
);
