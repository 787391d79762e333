import type { RunSummary } from '../store/runs';

type Times = Pick<RunSummary, 'started' | 'finished'>;

export const secondsOf = ({ started, finished }: Times): number =>
  Math.max(0, (Date.parse(finished) - Date.parse(started)) / 1_000);

/** `8.5 s`, `2 min 5 s`. */
export function secondsText(times: Times): string {
  const seconds = secondsOf(times);
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `2026-11-01 03:13 UTC`, of an RFC 3339 instant. */
export const whenText = (instant: string): string =>
  `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const SIGNS: Readonly<Record<RunSummary['outcome'], string>> = { passed: '✓', failed: '✕', cancelled: '–' };

/** A run with its texts. */
export const runTexts = <R extends RunSummary>(run: R) => ({
  ...run,
  sign: SIGNS[run.outcome],
  when: whenText(run.started),
  took: secondsText(run),
});
