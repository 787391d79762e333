import type { Retry } from './workflow/types';

/** Past this a moment is no longer one that a calendar can hold: `2^99` seconds are easily written. */
const LONGEST_MS = 100 * 365 * 86_400_000;

const GROWTH: Record<Retry['backoff'], (n: number) => number> = {
  constant: () => 1,
  linear: (n) => n,
  exponential: (n) => 2 ** (n - 1),
};

type Delay = Pick<Retry, 'delayMs' | 'backoff' | 'maxDelayMs'>;

/** Pause before retry `n` (1 for the first), ms: the policy's backoff, then its cap. */
export const delayMs = (retry: Delay, n: number): number =>
  Math.min(retry.delayMs * GROWTH[retry.backoff](n), longestOf(retry));

const longestOf = ({ maxDelayMs }: Delay): number => Math.min(maxDelayMs ?? LONGEST_MS, LONGEST_MS);

/** The same with the policy's jitter, never beyond the cap. `seed` says which pause this is: equal seeds, equal pauses. */
export function pauseMs(retry: Retry, n: number, seed: string): number {
  const delay = delayMs(retry, n);
  if (retry.jitter === 0) return delay;
  return Math.min(delay * (1 + retry.jitter * spread(`${seed} ${n}`)), longestOf(retry));
}

const MANTISSA = 2 ** 32;

/** -1 to 1 out of a text (FNV-1a, then a finish that lets near texts end far apart). The core knows no chance. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) / MANTISSA) * 2 - 1;
}
