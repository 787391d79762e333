import { expectEach } from './decided-rows';

/** A measured time that should not be longer than another, ms. */
export interface TimedValue {
  /** What was measured: `fire 2 after its instant`. */
  readonly what: string;
  readonly measured: number;
  /** What the right behavior takes on an idle host. */
  readonly nominal: number;
  /** From the nominal time to that of the nearest wrong behavior. */
  readonly margin: number;
}

export type BoundResult = 'within' | 'too late' | 'undecidable';

/**
 * What the work of other tests may add on the target although this process saw no pause, ms: five
 * test files share its processors and its worker's slots.
 */
const NEIGHBOR_MS = 1_500;

/** The slack is the worst of some samples: the target's own pause may be longer by this factor. */
const SLACK_FACTOR = 2;

/**
 * A value below the margin excludes the wrong behavior by itself; with a larger margin it may be
 * late by the slack, and at least by `NEIGHBOR_MS`. Beyond that the value is too late, unless this
 * host cannot decide: `SLACK_FACTOR` times the slack explains the delay, which is shorter than the
 * margin, or the slack reaches the margin.
 */
export function evaluateUpperBound(
  { measured, nominal, margin }: Omit<TimedValue, 'what'>,
  slack: number,
): BoundResult {
  const delay = measured - nominal;
  if (delay < Math.min(Math.max(slack, NEIGHBOR_MS), margin)) return 'within';
  const isExplained = delay < SLACK_FACTOR * slack;
  return isExplained && (delay < margin || slack >= margin) ? 'undecidable' : 'too late';
}

/** Each value is within its bound. A failure prints all of them; `slack`: of this host, ms. */
export const expectWithin = (slack: number, ...values: readonly TimedValue[]): void =>
  expectEach(
    'within',
    values.map((value) => ({ facts: describe(value, slack), result: evaluateUpperBound(value, slack) })),
  );

const describe = ({ what, measured, nominal, margin }: TimedValue, slack: number): string =>
  `${what}: planned ${nominal.toFixed(0)} ms, measured ${measured.toFixed(1)} ms, slack ${slack.toFixed(0)} ms, wrong from ${(nominal + margin).toFixed(0)} ms`;
