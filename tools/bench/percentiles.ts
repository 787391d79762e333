/**
 * The value that `percent` % of the values do not exceed (nearest rank). Throws without values.
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new RangeError('a percentile of no values');
  return value;
}

export const median = (values: readonly number[]): number => percentile(values, 50);

export const latencyPercentiles = (values: readonly number[]) => ({ p50: median(values), p99: percentile(values, 99) });

/** Three significant figures: `0.31 ms`, `12.4 ms`, `134 ms`. */
export function formatMs(ms: number): string {
  return `${ms < 1 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

export const formatSeconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
