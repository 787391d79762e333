import type { ExecutionSummary } from '../contract/executions';
import { instant } from './instant';
import type { Ledger } from './ledger';

/** `[start, finish)`, epoch ms with a microsecond fraction. */
export interface Interval {
  start: number;
  finish: number;
}

export type Timed = Pick<ExecutionSummary, 'id' | 'status' | 'started_at' | 'finished_at' | 'updated'>;

/** Two readings of one clock differ by no more, ms. */
export const CLOCK_RESOLUTION_MS = 1;

/** As the platform recorded it: `finished_at`, else the last update, which may not move after the end. */
export function run(execution: Timed): Interval {
  if (execution.started_at === undefined)
    throw new Error(`execution ${execution.id} (${execution.status}) never started`);
  return { start: instant(execution.started_at), finish: instant(execution.finished_at ?? execution.updated) };
}

/** As the fixture process stamped itself: the independent witness. It must lie inside the recorded interval. */
export function wit(execution: Timed, ledger: Ledger): Interval {
  const own = ledger.entries().filter((entry) => entry.execution === execution.id);
  const start = own.find((entry) => entry.event === 'start');
  const end = own.find((entry) => entry.event === 'end');
  if (!start || !end) throw new Error(`execution ${execution.id} left no start and end in the ledger`);
  const recorded = run(execution);
  if (start.at < recorded.start - CLOCK_RESOLUTION_MS || end.at > recorded.finish + CLOCK_RESOLUTION_MS) {
    const text = [recorded.start, start.at, end.at, recorded.finish].map((at) => at.toFixed(3)).join(' ');
    throw new Error(`execution ${execution.id} ran outside its recorded interval: ${text}`);
  }
  return { start: start.at, finish: end.at };
}

/** What `expect(precedes(…)).toEqual(IN_BOTH_CLOCKS)` wants. */
export const IN_BOTH_CLOCKS = { run: true, wit: true };

/** `a ≺ b`: a finished before b started, by the platform's clock and by the processes' own. */
export function precedes(a: Timed, b: Timed, ledger: Ledger): { run: boolean; wit: boolean } {
  return {
    run: run(a).finish <= run(b).start,
    wit: wit(a, ledger).finish <= wit(b, ledger).start,
  };
}

/** Most intervals alive at one instant. Half-open: one that ends where the next starts does not overlap it. */
export function overlap(intervals: readonly Interval[]): number {
  const edges = intervals.flatMap(({ start, finish }) => [
    { at: start, by: 1 },
    { at: finish, by: -1 },
  ]);
  edges.sort((a, b) => a.at - b.at || a.by - b.by);
  let alive = 0;
  return edges.reduce((most, { by }) => Math.max(most, (alive += by)), 0);
}

export const lengthMs = ({ start, finish }: Interval): number => finish - start;

/** The same instants, sorted: `expect(at).toEqual(ascending(at))` shows where an order broke. */
export const ascending = (instants: readonly number[]): number[] => [...instants].sort((a, b) => a - b);
