import type { Execution } from '../../../contract/executions';
import type { Context } from '../claim';
import { CLOCK_RESOLUTION_MS, durationMs, recordedInterval, type Interval } from '../intervals';
import { findRunning } from '../processes';
import { pinToOneWorker } from '../resources/execution-limits';
import { startWorkflow } from '../resources/workflow-runs';
import type { Task, WorkflowParts } from '../resources/workflow-task';
import { expectPromised, planDetectableMs } from '../upper-bound';
import { beatCounts } from './limited-tasks';

/** After the signal, each process of the group may still write one last line within this time. */
const FINAL_BEAT_MS = 100;
/** So many processes, each of which writes beats, has the fixture that is stopped. */
const PROCESSES = 3;
/** So many beats each of them has written before its end. */
const ENOUGH_BEATS = 3;

/** How long a program may take to start on a busy host before its limit ends it, ms. */
export const PROGRAM_START_MS = 4_000;

/** Starts a workflow with this name on the worker of the other claims. */
export const startPinned = (ctx: Context, name: string, tasks: Task[], parts: WorkflowParts = {}): Promise<number> =>
  startWorkflow(ctx, tasks, { ...parts, name }, pinToOneWorker(ctx.facts.capabilities));

/** A limit whose excess the claims can detect, seconds. */
export const planLimit = (ctx: Context, margin?: number): number =>
  planDetectableMs(ctx, ctx.facts.killGraceMs, margin) / 1_000;

/** Each ran for at least the limit, and longer by at most the allowance and the host's slack. */
export const expectLimited = (
  ctx: Context,
  limitMs: number,
  allowance: number,
  intervals: readonly Interval[],
): void => {
  const workedMs = intervals.map(durationMs);
  expect(workedMs.filter((ms) => ms < limitMs - CLOCK_RESOLUTION_MS)).toEqual([]);
  const limits = workedMs.map((measured, n) => ({ what: `run ${n + 1}`, measured, promised: limitMs, allowance }));
  expectPromised(ctx.slackMs('run'), ...limits);
};

/** Uploads a copy of the pack, whose `sleep-for` then gets this limit, in seconds. */
export const limitSleepAction = async (ctx: Context, limit: number): Promise<void> => {
  await ctx.ownCopy('e2e');
  await ctx.client.actions.update(ctx.action('sleep-for'), { timeout_seconds: limit });
};

/**
 * Each of the processes of an execution wrote beats until an instant, epoch ms, and none after the
 * execution has ended; none is left on the host. Returns their pids.
 */
export const expectStopped = (ctx: Context, execution: Execution, label: string, until: number): number[] => {
  const { key } = ctx.ledgerInput(label);
  const beats = beatCounts(ctx, key, until, recordedInterval(execution).finish + FINAL_BEAT_MS);
  expect(findRunning(ctx.ledger.entries(key))).toEqual([]);
  const counts = beats.map(({ before, after }) => [before >= ENOUGH_BEATS, after]);
  expect(counts).toEqual(Array(PROCESSES).fill([true, 0]));
  return beats.map(({ pid }) => pid);
};
