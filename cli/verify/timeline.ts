import { CommandError, usageError } from '../failures';
import type { Expectation } from './expectations';

/** An instant of a run to which the clock is moved. */
export interface TimelineStep {
  /** Since the start of the run. */
  readonly afterMs: number;
  /** What is compared there; null: nothing. */
  readonly expectation: Expectation | null;
}

/**
 * The instants of a run whose clock is moved, in order; null: it ends in real time. `passMs`: how
 * far it goes at least. Throws CommandError, exit 2.
 */
export function timelineOf(expectations: readonly Expectation[], passMs: number | null): TimelineStep[] | null {
  if (passMs === null && expectations.every(({ afterMs }) => afterMs === null)) {
    requireLast(expectations);
    return null;
  }
  const steps = expectations.map((expectation) => ({ afterMs: expectation.afterMs ?? passMs, expectation }));
  requireLast(expectations);
  const timed = steps.map(({ afterMs, expectation }): TimelineStep => {
    if (afterMs !== null) return { afterMs, expectation };
    throw misplaced(expectation, 'the last item has no `after`: give it one, or give --pass DURATION');
  });
  requireOrder(timed, passMs);
  const lastMs = timed.at(-1)?.afterMs ?? null;
  return passMs === null || lastMs === passMs ? timed : [...timed, { afterMs: passMs, expectation: null }];
}

function requireLast(expectations: readonly Expectation[]): void {
  const early = expectations.slice(0, -1).find(({ afterMs }) => afterMs === null);
  if (early !== undefined)
    throw misplaced(early, 'only the last item may be without `after`: it is compared at the end');
}

function requireOrder(timed: readonly TimelineStep[], passMs: number | null): void {
  timed.forEach(({ afterMs, expectation }, n) => {
    const before = timed[n - 1];
    if (before !== undefined && afterMs <= before.afterMs)
      throw misplaced(expectation!, '`after` is not later than that of the item before: write the items in order');
    if (passMs !== null && afterMs > passMs)
      throw misplaced(expectation!, '`after` is later than --pass: give a longer one, or leave it out');
  });
}

const misplaced = ({ placeOf }: Expectation, message: string): CommandError =>
  usageError(`${placeOf('/after') ?? ''}: ${message}`);
