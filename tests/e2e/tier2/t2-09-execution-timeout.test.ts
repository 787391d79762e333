// Spec: a limit stops all processes of an execution, and nothing else.
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { pidsToWriteBeats, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { findRunning } from '../../../helpers/scenario/processes';
import { waitForAll, waitForStatus, type Execution } from '../../../helpers/scenario/resources/ended-executions';
import { pinToOneWorker, timeoutMarker } from '../../../helpers/scenario/resources/execution-limits';
import { expectFailedBy } from '../../../helpers/scenario/resources/task-statuses';
import { childOf, runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';
import { sleepTask } from '../../../helpers/scenario/time/limited-tasks';
import {
  LIMIT_SECONDS,
  passLimit,
  ranSeconds,
  startPinned,
  TIMEOUT_ERROR,
  waitForRuns,
} from '../../../helpers/scenario/time/limits';

const NEEDS = ['workflows.task_timeout', 'executions.intervals', 'ledger.shared'];

const ON_HOST = [...NEEDS, 'host.processes'];

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

/** So many processes, each of which writes beats, has the fixture that is stopped. */
const PROCESSES = 3;

claim.time('T2.9a', PINNED, 'a task over its limit is stopped with all its child processes', async (ctx) => {
  await ctx.pack('e2e');
  const { key } = ctx.ledgerInput('spawn');
  const spawn = task(ctx, 'spawn', 'spawn-children-and-sleep', {}, onSuccess('after'));
  const tasks = [{ ...spawn, timeout: LIMIT_SECONDS }, task(ctx, 'after', 'append-ledger')];
  const id = await startPinned(ctx, 'flow', tasks);
  await until(pidsToWriteBeats(PROCESSES, ctx.ledger, key, ctx.client, id), ctx.deadline);

  await passLimit(ctx, [id]);
  await waitForStatus(ctx, id, 'failed');

  expect(findRunning(ctx.ledger.entries(key))).toEqual([]);
  const child = await childOf(ctx, id, 'spawn');
  expect(child).toMatchObject({ status: 'failed', result: { error: TIMEOUT_ERROR } });
  expect(timeoutMarker(child, ctx.facts.capabilities).isTimedOut).toBe(true);
  ctx.time.expectSeconds([ranSeconds(child)], [LIMIT_SECONDS]);
  await expectFailedBy(ctx, id, 'spawn');
  await expectWorkerToContinue(ctx, child);
  expect(runsOf(ctx, 'after')).toBe(0);
});

const WORK_MS = 500;

/** By name; 0 is no limit. */
const LIMITS = { limited: { timeout: LIMIT_SECONDS }, free: {}, zero: { timeout: 0 } };

/** The events of a label in the ledger, and whether its process ran for less than its work. */
const runOf = (ctx: Context, label: string) => {
  const entries = ctx.ledger.entries(ctx.ledgerInput(label).key);
  const ranMs = entries.at(-1)!.atMs - entries[0]!.atMs;
  return { events: entries.map(({ event }) => event), isTooShort: ranMs < WORK_MS };
};

claim.time('T2.9c', NEEDS, 'work shorter than its limit, or without a limit, completes', async (ctx) => {
  await ctx.pack('e2e');
  const names = Object.keys(LIMITS);
  const tasks = Object.entries(LIMITS).map(([name, limit]) => ({
    ...task(ctx, name, 'sleep-for', { ms: WORK_MS }),
    ...limit,
  }));
  const ids = await Promise.all(tasks.map((each) => startPinned(ctx, each.name, [each])));
  await waitForRuns(ctx, { limited: 1, free: 1, zero: 1 });
  await ctx.time.pass(LIMIT_SECONDS - 0.001, { settle: false });
  await waitForAll(ctx, ids);

  const records = () => Promise.all(names.map((name, n) => childOf(ctx, ids[n]!, name)));
  await ctx.time.expectNothingFor(LIMIT_SECONDS, records);

  const ended = await records();
  const completed = { status: 'completed', result: { succeeded: true, exit_code: 0 } };
  expect(ended).toMatchObject(Array(3).fill(completed));
  const durations = ended.map(({ result }) => (result as { duration_ms: number }).duration_ms);
  expect(durations.filter((ms) => ms < WORK_MS)).toEqual([]);
  expect(names.map((name) => runOf(ctx, name))).toEqual(Array(3).fill({ events: ['start', 'end'], isTooShort: false }));
  if (ctx.canProve('executions.log')) await expectNoLevel(ctx, ids);
});

/** The trees of workflows with one task name no level of a limit. */
const expectNoLevel = async ({ client }: Context, ids: readonly number[]) => {
  const trees = await Promise.all(ids.map((id) => client.executions.tree(id)));
  const levels = trees.map(({ children }) => children.map((node) => node.timeout_level));
  expect(levels).toEqual(ids.map(() => [null]));
};

claim.time('T2.9g', NEEDS, 'a task of pack core that is shorter than its limit completes', async (ctx) => {
  const sleep = { name: 'sleep', action: 'core.sleep', input: { seconds: WORK_MS / 1_000 }, timeout: LIMIT_SECONDS };
  const id = await startPinned(ctx, 'core', [sleep]);
  const hasStarted = async () => (await ctx.client.executions.children(id))[0]?.started_at !== undefined;
  await until(predicateToHold('the task to start', hasStarted), ctx.deadline);

  await ctx.time.pass(LIMIT_SECONDS - 0.001, { settle: false });
  await waitForStatus(ctx, id);

  const child = await childOf(ctx, id, 'sleep');
  expect(child).toMatchObject({ status: 'completed', result: { succeeded: true, exit_code: 0 } });
  if (ctx.canProve('executions.log')) await expectNoLevel(ctx, [id]);
});

/** A real limit for which the processes that ignore SIGTERM are ready. */
const READY_SECONDS = 2;

claim.realTime('T2.9e', ON_HOST, 'a process that ignores SIGTERM gets SIGKILL after the grace period', async (ctx) => {
  await ctx.pack('e2e');
  const action = ctx.canProve('processes.containment') ? 'leave-session' : 'ignore-term';
  const id = await startPinned(ctx, 'flow', [{ ...task(ctx, 'stubborn', action), timeout: READY_SECONDS }]);

  await waitForStatus(ctx, id, 'failed');

  const child = await childOf(ctx, id, 'stubborn');
  expect(timeoutMarker(child, ctx.facts.capabilities).isTimedOut).toBe(true);
  ctx.time.expectSeconds([ranSeconds(child) - READY_SECONDS], [ctx.facts.killGraceMs / 1_000]);
  const { key } = ctx.ledgerInput('stubborn');
  expect(findRunning(ctx.ledger.entries(key))).toEqual([]);
  const expiry = parseInstant(child.started_at!) + READY_SECONDS * 1_000;
  const graceBeats = ctx.ledger.entries(key, 'beat').filter(({ atMs }) => atMs > expiry);
  expect(new Set(graceBeats.map(({ pid }) => pid)).size).toBe(PROCESSES);
});

claim.realTime('T2.9j', NEEDS, 'the limit of a task passes by the real clock', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startPinned(ctx, 'flow', [sleepTask(ctx, 'slow', 1)]);

  await waitForStatus(ctx, id, 'failed');

  const child = await childOf(ctx, id, 'slow');
  expect(timeoutMarker(child, ctx.facts.capabilities).isTimedOut).toBe(true);
  ctx.time.expectSeconds([ranSeconds(child)], [1]);
});
