import { ApiError, WaitError } from '../errors';
import { NO_RESPONSE } from '../scenario/polling';
import { TargetError } from './target-error';

/** The text for an error that makes a target unusable; null for an unexpected error. */
export function unusableTargetMessage(error: unknown): string | null {
  if (error instanceof TargetError) return error.message;
  if (error instanceof ApiError)
    return error.status === 0 ? `TARGET_UNREACHABLE: ${silenceOf(error)}: ${error.message}` : error.message;
  if (!(error instanceof WaitError)) return null;
  return error.message.includes(NO_RESPONSE)
    ? `TARGET_UNREACHABLE: the platform is too slow: ${error.message}`
    : `the target accepts executions but does not run them: ${error.message}`;
}

const silenceOf = ({ code }: ApiError): string =>
  code === 'ECONNREFUSED' ? 'the platform has ended' : 'the platform stopped to respond, or is too slow';
