import { setTimeout as sleep } from 'node:timers/promises';

/** Delays that double from `firstMs` and stay at `maxMs`. */
interface BackoffRange {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** The delay before a retry, ms; `retry` 1 is the first. */
export const backoffMs = ({ firstMs, maxMs }: BackoffRange, retry: number): number =>
  Math.min(firstMs * 2 ** (retry - 1), maxMs);

interface RetryOptions {
  /** Absent: retries at once. */
  readonly backoff?: BackoffRange;
  /** Absent: no limit. */
  readonly maxAttempts?: number;
  isRetryable(error: unknown): boolean;
  /** Called before each delay. */
  onRetry?(error: unknown, delayMs: number): void;
}

/**
 * Runs an operation until it succeeds. Throws the first error that is not retryable, and the last
 * one.
 */
export async function retryWithBackoff<T>(operation: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { backoff, maxAttempts = Infinity } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      if (attempt >= maxAttempts || !options.isRetryable(error)) throw error;
      const delayMs = backoff ? backoffMs(backoff, attempt) : 0;
      options.onRetry?.(error, delayMs);
      if (delayMs > 0) await sleep(delayMs);
    }
  }
}
