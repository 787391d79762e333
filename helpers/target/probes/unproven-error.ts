import { ApiError, NotifierError, WaitError } from '../../errors';
import type { Finding } from '../finding';

/** The target does not behave as the capability requires. The message is the reason. */
export class UnprovenError extends Error {
  override readonly name: string = 'UnprovenError';
}

/** The harness has no means to observe the behavior on this target. */
export class UndecidedError extends UnprovenError {
  override readonly name = 'UndecidedError';
}

/**
 * The finding of a probe that threw: what the target answered or did not do. Null for an error of
 * the harness itself, and for a request without a response.
 */
export function findingOfError(error: unknown): Finding | null {
  if (error instanceof UndecidedError) return { isProven: false, reason: error.message, isUndecided: true };
  const isByTarget =
    error instanceof UnprovenError ||
    error instanceof WaitError ||
    error instanceof NotifierError ||
    (error instanceof ApiError && error.status !== 0);
  return isByTarget ? { isProven: false, reason: firstLine(error.message) } : null;
}

/** Without the evidence of a wait. */
export const firstLine = (text: string): string => text.split('\n', 1)[0]!;
