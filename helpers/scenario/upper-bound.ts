import { EnvironmentError } from '../errors';
import type { Context } from './context';

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

/** A time that the platform promises, ms: a limit, a lifetime. */
export interface PromisedTime extends Pick<TimedValue, 'what' | 'measured'> {
  readonly promised: number;
  /** What the target may add by its declaration: a grace period, the pause between two sweeps. */
  readonly allowance?: number;
  /** As of any timed value; half of the promised time without one. */
  readonly margin?: number;
}

/** How one value compares with its bound. */
export interface BoundRow {
  /** The value with its bound, as text. */
  readonly facts: string;
  readonly result: BoundResult | 'too short';
}

export type BoundResult = 'within' | 'too late' | 'undecidable';

/**
 * What the work of other tests may add on the target although this process saw no pause, ms: five
 * test files share its processors and its worker's slots.
 */
export const NEIGHBOR_MS = 1_500;

/** The slack is the worst of some samples: the target's own pause may be longer by this factor. */
export const SLACK_FACTOR = 2;

/** A promised time that lasts longer by this factor is always detected. */
const DETECTED_FACTOR = 1.5;

/** The shortest promised time with which a claim can detect that factor, ms: whole seconds. */
export const shortestDetectableMs = (allowance = 0, margin = NEIGHBOR_MS): number =>
  Math.ceil((margin + allowance) / (DETECTED_FACTOR - 1) / 1_000) * 1_000;

/** Plans that time in a test. Returns it, ms. */
export function planDetectableMs(ctx: Pick<Context, 'plan'>, allowance?: number, margin?: number): number {
  const ms = shortestDetectableMs(allowance, margin);
  ctx.plan(ms);
  return ms;
}

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
  expectRows(values.map((value) => ({ facts: describe(value, slack), result: evaluateUpperBound(value, slack) })));

/**
 * Each time is as long as promised, and at most longer by the allowance and by what this host
 * adds, which is less than half of it. Throws RangeError for a time too short to detect more.
 */
export function expectPromised(slack: number, ...values: readonly PromisedTime[]): void {
  for (const { what, promised, allowance, margin } of values) {
    const shortest = shortestDetectableMs(allowance, margin);
    if (promised < shortest) throw new RangeError(`${what}: ${promised} ms is shorter than ${shortest} ms`);
  }
  expectWithin(
    slack,
    ...values.map(({ what, measured, promised, allowance = 0, margin }) => ({
      what,
      measured,
      nominal: promised + allowance,
      margin: margin ?? promised * (DETECTED_FACTOR - 1) - allowance,
    })),
  );
}

/** Throws EnvironmentError if no row is wrong and this host cannot decide about one. */
export function expectRows(rows: readonly BoundRow[]): void {
  const report = rows.map(({ facts, result }) => `${facts}: ${result}`);
  const isUndecided = rows.every(({ result }) => result === 'within' || result === 'undecidable');
  if (isUndecided && rows.some(({ result }) => result === 'undecidable')) throw new EnvironmentError(report.join('\n'));
  expect(report).toEqual(rows.map(({ facts }) => `${facts}: within`));
}

/**
 * Whether a pause contains a delay, ms. A delay is a lower bound: a shorter pause proves that it
 * was not waited, however busy this host is. From the delay on, it was waited if the slack is
 * below the delay. Otherwise throws EnvironmentError.
 */
export function checkDelay(pause: number, delay: number, slack: number): 'not waited' | 'waited' {
  if (pause < delay) return 'not waited';
  if (slack < delay) return 'waited';
  throw new EnvironmentError(
    `the pause of ${pause.toFixed(0)} ms contains the delay of ${delay} ms, or is the slack of this host, ${slack.toFixed(0)} ms`,
  );
}

const describe = ({ what, measured, nominal, margin }: TimedValue, slack: number): string =>
  `${what}: planned ${nominal.toFixed(0)} ms, measured ${measured.toFixed(1)} ms, slack ${slack.toFixed(0)} ms, wrong from ${(nominal + margin).toFixed(0)} ms`;
