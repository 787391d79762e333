/** The longest pause before a sensor that ended by itself is started again, ms. */
const LONGEST_MS = 300_000;
/** One that lived for so many first pauses has recovered: its next end is the first one again. */
const STEADY_PAUSES = 12;
/** Ends in a row after which people are told. */
export const ALERT_AFTER = 3;

export interface Setback {
  /** Ends in a row that nobody asked for, this one included. */
  readonly failures: number;
  readonly pauseMs: number;
  readonly status: 'backoff' | 'failed';
  /** Once in a row. */
  readonly isAlert: boolean;
}

/** What the end of a sensor's process means that nobody asked for. `baseMs` is the first pause, which doubles. */
export function setbackOf(earlier: number, livedMs: number, baseMs: number): Setback {
  const failures = livedMs >= baseMs * STEADY_PAUSES ? 1 : earlier + 1;
  return {
    failures,
    pauseMs: Math.min(baseMs * 2 ** (failures - 1), LONGEST_MS),
    status: failures >= ALERT_AFTER ? 'failed' : 'backoff',
    isAlert: failures === ALERT_AFTER,
  };
}
