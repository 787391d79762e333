import { ApiError, NotifierError, WaitError } from '../../errors';
import type { Finding } from '../finding';
import { firstLine } from '../../line-of-text';

/** The target does not behave as the capability requires. The message is the reason. */
export class UnprovenError extends Error {
  override readonly name: string = 'UnprovenError';
}

/** The harness has no means to observe the behavior on this target. */
export class UndecidedError extends UnprovenError {
  override readonly name = 'UndecidedError';
}

/** The target had not done in time what it may still do. */
export class SlowError extends UnprovenError {
  override readonly name = 'SlowError';
}

/** No response; or something between responded for the platform, or it had too much to do. */
const UNANSWERED: readonly number[] = [0, 408, 429, 502, 503, 504];

/**
 * The finding of a probe that threw: what the target answered or did not do. Null for an error of
 * the harness itself.
 */
export function findingOfError(error: unknown): Finding | null {
  if (error instanceof UndecidedError) return { isProven: false, reason: error.message, isUndecided: true };
  const isByTarget =
    error instanceof UnprovenError ||
    error instanceof WaitError ||
    error instanceof NotifierError ||
    error instanceof ApiError;
  if (!isByTarget) return null;
  // Without the evidence of a wait.
  return { isProven: false, reason: firstLine(error.message), ...lateness(error) };
}

function lateness(error: Error): Pick<Finding & { isProven: false }, 'isSlow'> {
  if (error instanceof ApiError) return UNANSWERED.includes(error.status) ? { isSlow: 'response' } : {};
  const isLate =
    error instanceof SlowError ||
    (error instanceof WaitError && error.code === 'WAIT_TIMED_OUT') ||
    (error instanceof NotifierError && error.isLate);
  return isLate ? { isSlow: 'result' } : {};
}
