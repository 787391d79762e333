import type { RunSummary } from '../store/runs';

/** One run in a trend. `height`: of its bar, pixels. */
export interface Bar {
  readonly outcome: RunSummary['outcome'];
  readonly height: number;
  readonly label: string;
}

const LOWEST = 4;
const HIGHEST = 32;

export const secondsOf = ({ started, finished }: Pick<RunSummary, 'started' | 'finished'>): number =>
  (Date.parse(finished) - Date.parse(started)) / 1_000;

/** The runs as bars, oldest first: each as high as its run was long, compared with the longest. */
export function trendOf(newestFirst: readonly RunSummary[]): Bar[] {
  const longest = Math.max(...newestFirst.map(secondsOf));
  return [...newestFirst].reverse().map((run) => ({
    outcome: run.outcome,
    height: Math.round(LOWEST + (longest > 0 ? secondsOf(run) / longest : 0) * (HIGHEST - LOWEST)),
    label: `${run.started}: ${run.outcome}, ${secondsOf(run).toFixed(1)} s`,
  }));
}
