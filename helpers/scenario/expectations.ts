import type { ExecutionSummary } from '../../contract/executions';
import type { Status } from '../../contract/status';
import { secondsBetween } from '../instant';
import type { Context, TimeContext } from './context';
import {
  ledgerInterval,
  maxOverlap,
  recordedInterval,
  sortedAscending,
  workflowInterval,
  type Interval,
  type TimedExecution,
} from './intervals';

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
const gapsBetween = (intervals: readonly Interval[]): number[] =>
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

/** Each execution ended before the one that has started it; the outermost is the first. */
export function expectEndingUpwards(executions: readonly Parameters<typeof workflowInterval>[0][]): void {
  const finishes = executions.map((execution) => workflowInterval(execution).finish).reverse();
  expect(finishes).toEqual(sortedAscending(finishes));
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

type EndOfPause = (attempt: ExecutionSummary) => string | null | undefined;

/** From the end of each attempt of a task to this instant of the next one, seconds. */
const pausesTo = (attempts: readonly ExecutionSummary[], end: EndOfPause): number[] =>
  attempts.slice(1).map((attempt, n) => secondsBetween(attempts[n]!.finished_at ?? '', end(attempt) ?? ''));

/** The planned pauses between the attempts of a task, oldest first, seconds. */
export const plannedPauses = (attempts: readonly ExecutionSummary[]): number[] =>
  pausesTo(attempts, ({ workflow_task: task }) => task?.next_retry_at);

/** The pauses between attempts are those promised, seconds: as planned, and as waited. */
export function expectPauses(
  { time }: Pick<TimeContext, 'time'>,
  attempts: readonly ExecutionSummary[],
  promised: readonly number[],
): void {
  time.expectSeconds(plannedPauses(attempts), promised);
  time.expectSeconds(
    pausesTo(attempts, ({ started_at }) => started_at),
    promised,
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
