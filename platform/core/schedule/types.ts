/** The kinds of timers, as `type` in their event payloads. */
type TimerKind = 'interval' | 'cron' | 'one_shot' | 'rrule';

/** When a timer fires. Instants are epoch ms, with microseconds as a fraction. */
export interface Schedule {
  readonly kind: TimerKind;
  /** The payload's fields about the schedule itself: `interval_seconds`, `expression`, … */
  readonly payloadFields: Readonly<Record<string, string | number>>;
  /**
   * True for intervals and wildcards: a clock set back brings the next occurrence forward. False
   * for fixed instants: a past one is not repeated.
   */
  readonly followsClock: boolean;
  /** The first occurrence strictly after an instant; null after the last. */
  next(after: number): number | null;
}

type ScheduleErrorCode = 'INTERVAL_INVALID' | 'CRON_INVALID' | 'DATE_INVALID' | 'RRULE_INVALID' | 'OUT_OF_RANGE';

/**
 * The parameters give no schedule. The message starts with the code and has what would be right.
 */
export class ScheduleError extends Error {
  constructor(
    readonly code: ScheduleErrorCode,
    why: string,
  ) {
    super(`${code}: ${why}`);
    this.name = 'ScheduleError';
  }
}

/** The last instant that RFC 3339 can represent, epoch ms. */
export const LAST_INSTANT_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
