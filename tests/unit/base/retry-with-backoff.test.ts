import { backoffMs, retryWithBackoff } from '../../../platform/base/async/retry-with-backoff';

const BACKOFF = { firstMs: 1, maxMs: 4 };

/** Rejects `failures` times, then resolves with the number of calls. */
const failing = (failures: number) => {
  let calls = 0;
  return () => (++calls > failures ? Promise.resolve(calls) : Promise.reject(new Error(`failure ${calls}`)));
};

test('delays double up to the maximum', () => {
  expect([1, 2, 3, 4, 2_000].map((retry) => backoffMs({ firstMs: 50, maxMs: 200 }, retry))).toEqual([
    50, 100, 200, 200, 200,
  ]);
});

test('a retryable operation runs until it succeeds', async () => {
  const delays: number[] = [];

  const result = retryWithBackoff(failing(4), {
    backoff: BACKOFF,
    isRetryable: () => true,
    onRetry: (_error, delayMs) => delays.push(delayMs),
  });

  await expect(result).resolves.toBe(5);
  expect(delays).toEqual([1, 2, 4, 4]);
});

test('the last error is thrown after the attempt limit', async () => {
  const result = retryWithBackoff(failing(9), { maxAttempts: 3, isRetryable: () => true });

  await expect(result).rejects.toThrow('failure 3');
});

test('an error that is not retryable is thrown at once', async () => {
  const onRetry = jest.fn();

  await expect(retryWithBackoff(failing(1), { isRetryable: () => false, onRetry })).rejects.toThrow('failure 1');

  expect(onRetry).not.toHaveBeenCalled();
});
