/** The kinds of timer, as their event payloads call them. */
export const TIMER_KINDS = ['interval', 'cron', 'one_shot', 'rrule'] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];

/** When a timer fires. All instants are epoch ms, with a microsecond fraction where they have one. */
export interface Schedule {
  readonly kind: TimerKind;
  /** What the payload says of the schedule itself: `interval_seconds`, `expression`, … */
  readonly said: Readonly<Record<string, string | number>>;
  /**
   * True: it goes by elapsed time or by wildcards, so that a clock set back shortens the wait for its next occurrence.
   * False: an instant that has been is not repeated.
   */
  readonly followsClock: boolean;
  /** The first occurrence strictly after an instant; null where there is none any more. */
  next(after: number): number | null;
}

export type ScheduleFault = 'INTERVAL_INVALID' | 'CRON_INVALID' | 'DATE_INVALID' | 'RRULE_INVALID' | 'OUT_OF_RANGE';

/** Parameters that plan nothing. The message begins with the code and says what would be right. */
export class ScheduleInvalid extends Error {
  constructor(
    readonly code: ScheduleFault,
    why: string,
  ) {
    super(`${code}: ${why}`);
    this.name = 'ScheduleInvalid';
  }
}

/** The last instant that RFC 3339 can write, epoch ms. */
export const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
