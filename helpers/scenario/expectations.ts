import type { ExecutionSummary } from '../../contract/executions';
import type { Status } from '../../contract/status';
import type { Context } from './context';
import {
  CLOCK_RESOLUTION_MS,
  ledgerInterval,
  maxOverlap,
  recordedInterval,
  type Interval,
  type TimedExecution,
} from './intervals';
import type { Occurrence } from './resources/timer-rule';
import { expectRows, NEIGHBOR_MS } from './upper-bound';

type Clock = 'recorded' | 'ledger';

/**
 * The intervals of some executions by the platform's record, and by the entries of their own
 * processes.
 */
const intervalsByClock = (
  { ledger }: Pick<Context, 'ledger'>,
  executions: readonly TimedExecution[],
): [Clock, Interval[]][] => [
  ['recorded', executions.map(recordedInterval)],
  ['ledger', executions.map((execution) => ledgerInterval(execution, ledger))],
];

/** From the end of each interval to the start of the next, ms; negative where they overlap. */
export const gapsBetween = (intervals: readonly Interval[]): number[] =>
  intervals.slice(1).map(({ start }, n) => start - intervals[n]!.finish);

const labelOf = ({ id, workflow_task }: Pick<ExecutionSummary, 'id' | 'workflow_task'>): string =>
  workflow_task === undefined ? `execution ${id}` : `${workflow_task.task_name} (execution ${id})`;

type OrderedExecution = TimedExecution & Pick<ExecutionSummary, 'workflow_task'>;

/**
 * Each execution finished before the next one started, by the platform's record and by the ledger.
 */
export function expectOrder(ctx: Pick<Context, 'ledger'>, executions: readonly OrderedExecution[]): void {
  const violations = intervalsByClock(ctx, executions).flatMap(([clock, intervals]) =>
    gapsBetween(intervals).flatMap((gap, n) => {
      if (gap >= 0) return [];
      const [first, second] = [labelOf(executions[n]!), labelOf(executions[n + 1]!)];
      return [`${clock}: ${second} started ${(-gap).toFixed(3)} ms before ${first} finished`];
    }),
  );
  expect(violations).toEqual([]);
}

/**
 * At most, and at one instant exactly, `n` of the executions ran together: by the record and by
 * the ledger.
 */
export function expectConcurrent(
  ctx: Pick<Context, 'ledger'>,
  executions: readonly TimedExecution[],
  n: number = executions.length,
): void {
  const overlaps = intervalsByClock(ctx, executions).map(([clock, intervals]) => [clock, maxOverlap(intervals)]);
  expect(Object.fromEntries(overlaps)).toEqual({ recorded: n, ledger: n });
}

/**
 * The pauses between attempts are as long as planned, ms: never shorter, and longer by less than
 * the shortest of them, the distance to the nearest wrong pause. By the entries of the processes
 * a pause also contains the start of a program: they may add `NEIGHBOR_MS`. A failure prints
 * planned, measured and slack of every pause. Throws EnvironmentError if no pause is wrong and
 * this host cannot decide about one.
 */
export function expectGaps(
  ctx: Pick<Context, 'ledger' | 'slackMs'>,
  attempts: readonly TimedExecution[],
  plannedMs: readonly number[],
): void {
  expect(attempts).toHaveLength(plannedMs.length + 1);
  const marginMs = Math.min(...plannedMs);
  const slack = ctx.slackMs('gap');
  const evaluate = (clock: Clock, pauseMs: number, planned: number) => {
    if (pauseMs < planned - CLOCK_RESOLUTION_MS) return 'too short';
    if (pauseMs < planned + marginMs + (clock === 'ledger' ? NEIGHBOR_MS : 0)) return 'within';
    return slack < marginMs ? 'too late' : 'undecidable';
  };
  expectRows(
    intervalsByClock(ctx, attempts).flatMap(([clock, intervals]) =>
      gapsBetween(intervals).map((measured, n) => {
        const planned = plannedMs[n] ?? NaN;
        const facts = `planned ${planned} ms, measured ${measured.toFixed(1)} ms, slack ${slack.toFixed(0)} ms`;
        return { facts: `gap ${n + 1} (${clock}): ${facts}`, result: evaluate(clock, measured, planned) };
      }),
    ),
  );
}

/**
 * The attempts of one task, oldest first, ended with these statuses: numbered from 0, children of
 * `root`, and all but the first naming the first as their original execution.
 */
export function expectAttempts(root: number, attempts: readonly ExecutionSummary[], statuses: readonly Status[]): void {
  const facts = attempts.map(({ parent, status, workflow_task, original_execution }) => ({
    parent,
    status,
    retryCount: workflow_task?.retry_count,
    originalExecution: original_execution ?? null,
  }));
  const first = attempts[0]?.id ?? null;
  expect(facts).toEqual(
    statuses.map((status, n) => ({
      parent: root,
      status,
      retryCount: n,
      originalExecution: n === 0 ? null : first,
    })),
  );
}

/**
 * The timer fired at each planned instant, epoch ms, or later: by its payload, and by the record
 * of its event, which a payload that only copies the planned instant does not change.
 */
export function expectNotEarly(
  occurrences: readonly Pick<Occurrence, 'firedAt' | 'storedAt'>[],
  plannedAt: readonly number[],
): void {
  expect(occurrences).toHaveLength(plannedAt.length);
  const early = occurrences.flatMap(({ firedAt, storedAt }, n) => {
    const aheadMs = plannedAt[n]! - Math.min(firedAt, storedAt);
    return aheadMs <= 0 ? [] : [`fire ${n + 1} came ${aheadMs.toFixed(3)} ms before its time`];
  });
  expect(early).toEqual([]);
}
