import type { ExecutionSummary } from '../../contract/executions';
import { parseInstant } from '../instant';
import type { Ledger } from './ledger';

/** `[start, finish)`, epoch ms with a microsecond fraction. */
export interface Interval {
  start: number;
  finish: number;
}

export type TimedExecution = Pick<ExecutionSummary, 'id' | 'status' | 'started_at' | 'finished_at' | 'updated'>;

/** Two readings of one clock differ by at most this, ms. */
const CLOCK_RESOLUTION_MS = 1;

/**
 * The interval in the platform's record. Without `finished_at` the last update is the end: nothing
 * updates an execution after its end.
 */
export function recordedInterval(execution: TimedExecution): Interval {
  if (execution.started_at === undefined)
    throw new Error(`execution ${execution.id} (${execution.status}) has no started_at`);
  return {
    start: parseInstant(execution.started_at),
    finish: parseInstant(execution.finished_at ?? execution.updated),
  };
}

/**
 * The recorded interval of a workflow, which has no process: without `started_at` it began when it
 * was created.
 */
export const workflowInterval = (workflow: TimedExecution & Pick<ExecutionSummary, 'created'>): Interval =>
  recordedInterval({ ...workflow, started_at: workflow.started_at ?? workflow.created });

/**
 * The interval in the ledger, written by the fixture's own process and so independent of the
 * platform. Throws unless it lies inside the recorded interval.
 */
export function ledgerInterval(execution: TimedExecution, ledger: Ledger): Interval {
  const own = ledger.entries().filter((entry) => entry.execution === execution.id);
  const start = own.find((entry) => entry.event === 'start');
  const end = own.find((entry) => entry.event === 'end');
  if (!start || !end) throw new Error(`the ledger contains no start and end of execution ${execution.id}`);
  const recorded = recordedInterval(execution);
  if (start.atMs < recorded.start - CLOCK_RESOLUTION_MS || end.atMs > recorded.finish + CLOCK_RESOLUTION_MS) {
    const text = [recorded.start, start.atMs, end.atMs, recorded.finish].map((at) => at.toFixed(3)).join(' ');
    throw new Error(`execution ${execution.id} ran outside its recorded interval: ${text}`);
  }
  return { start: start.atMs, finish: end.atMs };
}

/**
 * The largest number of intervals that contain one instant. Intervals are half-open: one that ends
 * where the next starts does not overlap it.
 */
export function maxOverlap(intervals: readonly Interval[]): number {
  const edges = intervals.flatMap(({ start, finish }) => [
    { at: start, by: 1 },
    { at: finish, by: -1 },
  ]);
  edges.sort((a, b) => a.at - b.at || a.by - b.by);
  let current = 0;
  return edges.reduce((most, { by: delta }) => Math.max(most, (current += delta)), 0);
}

export const durationMs = ({ start, finish }: Interval): number => finish - start;

/**
 * The same instants, sorted: `expect(at).toEqual(sortedAscending(at))` shows where the order is
 * wrong.
 */
export const sortedAscending = (instants: readonly number[]): number[] => [...instants].sort((a, b) => a - b);
