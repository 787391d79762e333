import { LAST_INSTANT_MS } from './types';
import type { Zone } from './zone';

/**
 * A schedule on a clock without changes: every value is a wall time as if it were UTC, epoch ms.
 */
export interface WallClockSchedule {
  /** Strictly after; whole seconds; null after the last. */
  next(after: number): number | null;
  /**
   * True: a named time of day, which occurs once a day. False: wildcards, which occur in both
   * passes of a repeated hour and not in a skipped one.
   */
  readonly hasFixedTime: boolean;
}

/**
 * The first occurrence strictly after an instant in a zone with clock changes. A fixed time that
 * the clock skips is the first instant after the gap; a repeated one is the first of the two.
 * Null: none before the year 10000.
 */
export function zonedNext(schedule: WallClockSchedule, zone: Zone, after: number): number | null {
  let period = zone.periodAt(after);
  let wallTime = schedule.next(Math.max(after + period.offsetMs, firstNewWallTime(schedule, period) - 1));
  for (;;) {
    if (wallTime === null) return null;
    if (wallTime - period.offsetMs < period.until) return withinRange(wallTime - period.offsetMs);
    const change = period.until;
    if (change > LAST_INSTANT_MS) return null;
    const nextPeriod = zone.periodAt(change);
    const isInGap = wallTime < change + nextPeriod.offsetMs;
    if (isInGap && schedule.hasFixedTime) return withinRange(change);
    const isRepeated = !schedule.hasFixedTime && nextPeriod.offsetMs < period.offsetMs;
    if (isInGap || isRepeated) wallTime = schedule.next(change + nextPeriod.offsetMs - 1);
    period = nextPeriod;
  }
}

const withinRange = (instant: number): number | null => (instant > LAST_INSTANT_MS ? null : instant);

/**
 * The first wall time of a period that the period before did not have; a fixed time has fired
 * there already.
 */
const firstNewWallTime = (
  { hasFixedTime }: WallClockSchedule,
  { from, offsetMs, previousOffset }: ReturnType<Zone['periodAt']>,
): number => (hasFixedTime && previousOffset > offsetMs ? from + previousOffset : -Infinity);
