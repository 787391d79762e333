import type { RetryPolicy } from './definition';

/**
 * `Date` cannot hold the moment after a longer delay, and exponential back-off reaches `2^99`
 * seconds.
 */
const MAX_DELAY_MS = 100 * 365 * 86_400_000;

const BACKOFF_FACTORS: Record<RetryPolicy['backoff'], (n: number) => number> = {
  constant: () => 1,
  linear: (n) => n,
  exponential: (n) => 2 ** (n - 1),
};

type BackoffPolicy = Pick<RetryPolicy, 'delayMs' | 'backoff' | 'maxDelayMs'>;

/** Delay before retry `n` (1 for the first), ms: the policy's back-off up to its cap. */
export const backoffDelayMs = (retry: BackoffPolicy, n: number): number =>
  Math.min(retry.delayMs * BACKOFF_FACTORS[retry.backoff](n), delayCapMs(retry));

const delayCapMs = ({ maxDelayMs }: BackoffPolicy): number => Math.min(maxDelayMs ?? MAX_DELAY_MS, MAX_DELAY_MS);

/** The same with the policy's jitter, never beyond the cap. Equal seeds give equal delays. */
export function jitteredDelayMs(retry: RetryPolicy, n: number, seed: string): number {
  const delay = backoffDelayMs(retry, n);
  if (retry.jitter === 0) return delay;
  return Math.min(delay * (1 + retry.jitter * signedUnitHash(`${seed} ${n}`)), delayCapMs(retry));
}

const HASH_RANGE = 2 ** 32;

/**
 * A text's hash from -1 to 1: FNV-1a and a finalizer that separates similar texts. The core has no
 * random source.
 */
function signedUnitHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) / HASH_RANGE) * 2 - 1;
}
