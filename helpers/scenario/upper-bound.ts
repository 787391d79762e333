import { EnvironmentError } from '../errors';

export type BoundResult = 'within' | 'too late';

/** An upper bound in time, ms. */
export interface UpperBound {
  /** When the right behavior happens on an idle host. */
  readonly nominal: number;
  /** What this host may add. */
  readonly slack: number;
  /** Distance from the nominal value to the nearest wrong behavior. */
  readonly margin: number;
}

/**
 * What the work of other tests may add on the target although this process saw no pause, ms: five
 * test files share its processors and its worker's slots.
 */
export const NEIGHBOR_MS = 1_500;

/**
 * A value below the margin excludes the wrong behavior by itself; with a larger margin it may be
 * late by the slack, and at least by `NEIGHBOR_MS`. Beyond that the value is too late if the slack
 * is smaller than the margin; otherwise this host cannot decide: `undecidable`.
 */
export function evaluateUpperBound(value: number, { nominal, slack, margin }: UpperBound): BoundResult | 'undecidable' {
  if (value < nominal + Math.min(Math.max(slack, NEIGHBOR_MS), margin)) return 'within';
  return slack < margin ? 'too late' : 'undecidable';
}

/** The same for one value. Throws EnvironmentError if this host cannot decide. */
export function checkUpperBound(value: number, nominal: number, slack: number, margin: number): BoundResult {
  const result = evaluateUpperBound(value, { nominal, slack, margin });
  if (result === 'undecidable') throw hostCannotDecide(value, nominal, slack, margin);
  return result;
}

/**
 * Whether a pause contains a delay, ms. A delay is a lower bound: a shorter pause proves that it
 * was not waited, however busy this host is. From the delay on, it was waited if the slack is
 * below the delay. Otherwise throws EnvironmentError.
 */
export function checkDelay(pause: number, delay: number, slack: number): 'not waited' | 'waited' {
  if (pause < delay) return 'not waited';
  if (slack >= delay) throw hostCannotDecide(pause, 0, slack, delay);
  return 'waited';
}

function hostCannotDecide(...bound: [value: number, nominal: number, slack: number, margin: number]): EnvironmentError {
  const [measured, nominal, added, wrong] = bound.map((ms) => ms.toFixed(0));
  return new EnvironmentError(
    `measured ${measured} ms against ${nominal} ms; the slack of this host, ${added} ms, is not below the margin, ${wrong} ms`,
  );
}
