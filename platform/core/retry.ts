import type { Retry } from './workflow/types';

/** Past this a moment is no longer one that a calendar can hold: `2^99` seconds are easily written. */
const LONGEST_MS = 100 * 365 * 86_400_000;

const GROWTH: Record<Retry['backoff'], (n: number) => number> = {
  constant: () => 1,
  linear: (n) => n,
  exponential: (n) => 2 ** (n - 1),
};

/** Pause before retry `n` (1 for the first), ms: the policy's backoff, then its cap. */
export const delayMs = (retry: Retry, n: number): number =>
  Math.min(retry.delayMs * GROWTH[retry.backoff](n), retry.maxDelayMs ?? LONGEST_MS, LONGEST_MS);
