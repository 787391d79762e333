import type { Logger } from 'pino';
import { retryWithBackoff } from '../../base/async/retry-with-backoff';
import { isTransient } from '../../workers/rpc/call-error';

const BACKOFF = { firstMs: 50, maxMs: 2_000 };

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
