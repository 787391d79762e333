import type { AttemptLease } from '../../store/lifecycle/attempt';

/** What a program is run for: an execution and its attempt, or a sensor and its lease. */
export interface ProgramRun {
  /** `41` for an execution, `sensor-7` for a sensor. */
  readonly owner: string;
  /** Number of the attempt, or fencing token of the sensor: that of a later run is higher. */
  readonly run: number;
}

/** The run of an attempt of an execution. */
export const runOfAttempt = ({ execution, attempt }: Pick<AttemptLease, 'execution' | 'attempt'>): ProgramRun => ({
  owner: String(execution),
  run: attempt,
});

/** The mark that all processes of a run carry in their environment. */
export const programMark = (instance: string, { owner, run }: ProgramRun): string => `${instance}:${owner}:${run}`;

/**
 * Whether the text is `prefix` and the number of an earlier run. A worker that was stopped for a
 * while may prepare an attempt when a later one already runs elsewhere: that one must go on.
 */
export const isEarlierRun = (text: string, prefix: string, run: number): boolean =>
  text.startsWith(prefix) && Number(text.slice(prefix.length)) < run;
