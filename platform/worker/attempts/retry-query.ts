import type { Logger } from 'pino';
import { errorCode } from '../../error-details';
import { retryWithBackoff } from '../../retry-with-backoff';

/** SQLSTATE classes of permanent errors: data, integrity, syntax or privileges, limits. */
const PERMANENT = /^(22|23|42|54)...$/;
const BACKOFF = { firstMs: 50, maxMs: 2_000 };

/** Whether the same statement may succeed when the server is available again. */
const isTransient = (error: unknown): boolean => {
  const code = errorCode(error);
  return code !== undefined ? !PERMANENT.test(code) : /connection|timeout/i.test(String(error));
};

/**
 * Repeats a query until the database is available: the outcome of an attempt must not be lost with
 * a connection. Throws permanent errors, and every error once `abandonSignal` has aborted.
 * `onLostReply` is called for each query that may have been committed without a reply.
 */
export const retryUntilAvailable = <T>(
  query: () => Promise<T>,
  log: Logger,
  abandonSignal: AbortSignal,
  onLostReply: () => void = () => undefined,
): Promise<T> =>
  retryWithBackoff(query, {
    backoff: BACKOFF,
    isRetryable: (error) => isTransient(error) && !abandonSignal.aborted,
    onRetry: (error, delayMs) => {
      log.warn({ err: error, delayMs }, 'database query failed, retrying');
      onLostReply();
    },
  });
