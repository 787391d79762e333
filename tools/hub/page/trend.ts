import type { RunSummary } from '../store/runs';
import { secondsOf, secondsText } from './run-texts';

/** Durations of runs as bars. Pixels. */
export interface Trend {
  readonly width: number;
  readonly height: number;
  readonly bars: readonly Bar[];
}

interface Bar {
  readonly outcome: RunSummary['outcome'];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
}

const LOWEST = 3;

/** The size of a chart, and of a bar with the gap behind it. */
export interface TrendSize {
  readonly height: number;
  readonly step: number;
}

/** Oldest first: each bar as high as its run was long, compared with the longest. */
export function trendOf(newestFirst: readonly RunSummary[], { height, step }: TrendSize): Trend {
  const longest = Math.max(...newestFirst.map(secondsOf), 0);
  const bars = [...newestFirst].reverse().map((run, n): Bar => {
    const part = longest > 0 ? secondsOf(run) / longest : 0;
    const own = Math.round(LOWEST + part * (height - LOWEST));
    return {
      outcome: run.outcome,
      x: n * step,
      y: height - own,
      width: step - 2,
      height: own,
      label: `${run.name}: ${run.outcome}, ${secondsText(run)}`,
    };
  });
  return { width: Math.max(step, bars.length * step), height, bars };
}

/** What a chart shows, in words. */
export function trendLabel(newestFirst: readonly RunSummary[]): string {
  const failed = newestFirst.filter(({ outcome }) => outcome === 'failed').length;
  const longest = newestFirst.reduce<RunSummary | null>(
    (most, run) => (most === null || secondsOf(run) > secondsOf(most) ? run : most),
    null,
  );
  const runs = newestFirst.length === 1 ? '1 run' : `${newestFirst.length} runs, the oldest first`;
  return longest === null ? runs : `${runs}: ${failed} failed, the longest took ${secondsText(longest)}`;
}
