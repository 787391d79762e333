import { ApiError, WaitError } from '../errors';
import { TargetError } from './target-error';

/** The text for an error that makes a target unusable; null for an unexpected error. */
export function unusableTargetMessage(error: unknown): string | null {
  if (error instanceof TargetError || error instanceof ApiError) return error.message;
  return error instanceof WaitError ? `the target accepts executions but does not run them: ${error.message}` : null;
}
