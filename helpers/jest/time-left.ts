/** What of a run is left. Seconds. */
export interface WorkLeft {
  /** Of each file that has not started: how long it takes. */
  readonly waiting: readonly number[];
  /** Of each file that runs: how long it takes, and how long it has run. */
  readonly running: readonly { readonly expected: number; readonly elapsed: number }[];
  /** Files that run at the same time. */
  readonly workers: number;
}

/** How long a run still takes, seconds: all of it on all workers, and not less than one file. */
export function secondsLeft({ waiting, running, workers }: WorkLeft): number {
  const left = [...waiting, ...running.map(({ expected, elapsed }) => Math.max(0, expected - elapsed))];
  const sum = left.reduce((total, seconds) => total + seconds, 0);
  return Math.max(0, sum / Math.max(1, workers), ...left);
}

const MINUTE_SECONDS = 60;

/** `12 of 40 files, 1 failed, about 35 s left`. */
export function progressLine(files: { done: number; failed: number; all: number }, seconds: number): string {
  const time =
    seconds < 2 * MINUTE_SECONDS
      ? `${Math.max(1, Math.ceil(seconds))} s`
      : `${Math.ceil(seconds / MINUTE_SECONDS)} minutes`;
  const failed = files.failed === 0 ? '' : `, ${files.failed} failed`;
  return `${files.done} of ${files.all} files${failed}, about ${time} left`;
}
