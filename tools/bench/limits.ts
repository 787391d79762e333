import type { Measurement } from './benchmark';

/** A line for each result that is worse than a limit that decides. */
export const beyondLimits = (measurements: readonly Measurement[]): string[] =>
  measurements
    .filter(({ isBeyond }) => isBeyond === true)
    .map(({ title, result, limit }) => `LIMIT_EXCEEDED: ${title}: ${result}, the limit is ${limit}`);
