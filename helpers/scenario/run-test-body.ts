import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenContext, TimeContext } from './context';
import {
  ApiError,
  CombinedError,
  EnvironmentError,
  PastDeadlineError,
  PlatformFaultError,
  WaitError,
  framesOf,
  isError,
  withMessage,
} from '../errors';
import { collectEvidence, describeEvidence, type Evidence } from './evidence/evidence';
import { firstFault } from './evidence/platform-log';
import type { Deadline } from './time/deadline';
import { EVIDENCE_MS } from './polling';
import { withAssertionCounter, type AssertionCounter } from './assertion-count';
import { terminalText } from '../../contract/text/terminal-text';

export type TestBody = (ctx: TimeContext) => Promise<void>;

/**
 * The result of a test body. `errors`: that of the body with its evidence, then those of the
 * cleanup.
 */
export interface TestOutcome {
  readonly seconds: number;
  /** The body measured a lateness that this host may have caused. */
  readonly isInconclusive: boolean;
  readonly errors: readonly unknown[];
  /** Null where the body has passed. */
  readonly failure: BodyFailure | null;
}

/** Why a body failed, apart from what its error contains for a reader. */
export interface BodyFailure {
  readonly error: unknown;
  readonly evidence: Evidence;
}

/** Between two reads of the platform's log, ms. */
const LOG_INTERVAL_MS = 500;
/** An error behind a response is in the log within this time, ms. */
const LOGGED_WITHIN_MS = 2_000;
/** Time for a wait that ends at the deadline to throw with its evidence, ms. */
const LAST_CHECK_MS = EVIDENCE_MS + 500;

/**
 * Runs a test's body, then every release of its context. Returns the errors instead of throwing.
 */
export async function runTestBody(opened: OpenContext, body: TestBody): Promise<TestOutcome> {
  const startedAt = performance.now();
  const errors: unknown[] = [];
  let isInconclusive = false;
  let failure: BodyFailure | null = null;
  try {
    await runUntilDeadline(opened, body);
  } catch (error) {
    const withFault = await withPlatformFault(error, opened);
    isInconclusive = withFault instanceof EnvironmentError;
    failure = { error: withFault, evidence: await collectEvidence(opened, withFault) };
    const needsTrees = !(error instanceof WaitError); // its message contains the tree already
    errors.push(withEvidence(failure, needsTrees));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  errors.push(...(await opened.cleanup.run()));
  opened.jitter.stop();
  return { seconds, isInconclusive, errors, failure };
}

/** Throws one error unchanged, several as one CombinedError. */
export function throwErrors(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new CombinedError([...errors]);
}

/**
 * The fault of the platform, or of one of the test's own platforms, if it logged one; then the
 * error of the test. What an own platform logs fails no test: many of them break theirs.
 */
async function withPlatformFault(error: unknown, { findFault, ownPlatforms }: OpenContext): Promise<unknown> {
  if (error instanceof PlatformFaultError) return error;
  const own = ownPlatforms.map((platform) => firstFault(platform.log())).find((fault) => fault !== null);
  if (own !== undefined) return new CombinedError([new PlatformFaultError(own), error]);
  const endsAt = performance.now() + (isServerError(error) ? LOGGED_WITHIN_MS : 0);
  for (;;) {
    const logged = await findFault();
    if (logged !== null) return new CombinedError([new PlatformFaultError(logged), error]);
    if (performance.now() >= endsAt) return error;
    await sleep(LOG_INTERVAL_MS);
  }
}

const isServerError = (error: unknown): boolean => error instanceof ApiError && error.status === 500;

/**
 * Runs the body. Throws if it ends after its deadline or makes no assertion, and as soon as the
 * platform logs a fault.
 */
async function runUntilDeadline({ context, deadline, findFault }: OpenContext, body: TestBody): Promise<void> {
  const counter: AssertionCounter = { assertions: 0 };
  const ended = withAssertionCounter(counter, () => body(context)).then(() => true);
  for (let hasEnded = false; !hasEnded;) {
    hasEnded = await Promise.race([ended, nextCheck(deadline)]);
    const logged = await findFault();
    if (logged !== null) throw new PlatformFaultError(logged);
    if (!hasEnded && performance.now() >= deadline.at() + LAST_CHECK_MS) throw new PastDeadlineError();
  }
  if (counter.assertions === 0) throw new Error('the test made no assertion');
}

/** Waits for the deadline as it is now, at most until the log is read again. */
const nextCheck = (deadline: Deadline): Promise<false> =>
  sleep(Math.min(LOG_INTERVAL_MS, Math.max(0, deadline.at() + LAST_CHECK_MS - performance.now())), false, {
    ref: false,
  });

/**
 * An error whose message has the evidence, too, and whose innermost frame is the line of the test:
 * that is what Jest shows. The failure record has all frames.
 */
function withEvidence({ error, evidence }: BodyFailure, needsTrees: boolean): unknown {
  if (!isError(error)) return error;
  const frames = framesOf(error);
  const ofTest = frames.findIndex((frame) => /[/\\]tests[/\\]e2e[/\\].*\.test\.ts:\d/.test(frame));
  return withMessage(
    error,
    `${error.message}${terminalText(describeEvidence(evidence, needsTrees))}`,
    frames.slice(Math.max(0, ofTest)),
  );
}
