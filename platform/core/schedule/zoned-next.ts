import { LAST_INSTANT } from './types';
import type { Zone } from './zone';

/** A schedule on a wall clock that is never set: every value is a wall time, as if it were UTC, epoch ms. */
export interface WallSchedule {
  /** Strictly after; whole seconds; null where there is none any more. */
  next(after: number): number | null;
  /**
   * True: named times of day, each meant once a day, whatever the clock does. False: wildcards, which follow the clock
   * through the hours that it shows twice and have nothing in those it leaves out.
   */
  readonly fixed: boolean;
}

/**
 * The first occurrence strictly after an instant, in a zone whose clock is set twice a year. A fixed time that the clock
 * leaves out is the first instant after the gap; one that it shows twice is the first of the two. Null: none before the year 10000.
 */
export function zonedNext(schedule: WallSchedule, zone: Zone, after: number): number | null {
  let stretch = zone.at(after);
  let wall = schedule.next(Math.max(after + stretch.offset, firstNew(schedule, stretch) - 1));
  for (;;) {
    if (wall === null) return null;
    if (wall - stretch.offset < stretch.until) return inRange(wall - stretch.offset);
    const change = stretch.until;
    if (change > LAST_INSTANT) return null;
    const following = zone.at(change);
    const isLeftOut = wall < change + following.offset;
    if (isLeftOut && schedule.fixed) return inRange(change);
    const shownAgain = !schedule.fixed && following.offset < stretch.offset;
    if (isLeftOut || shownAgain) wall = schedule.next(change + following.offset - 1);
    stretch = following;
  }
}

const inRange = (instant: number): number | null => (instant > LAST_INSTANT ? null : instant);

/** Wall times of a stretch that the one before did not show; the others were fired there, where they are fixed. */
const firstNew = ({ fixed }: WallSchedule, { from, offset, before }: ReturnType<Zone['at']>): number =>
  fixed && before > offset ? from + before : -Infinity;
