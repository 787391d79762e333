import type { JsonObject } from '../../../contract/json';
import { payloadOf } from './payload';
import { scheduleOf, type TimerTrigger } from './schedule';
import { ScheduleInvalid, type Schedule } from './types';

/** An occurrence that comes later than this was missed and is not made up, ms. */
export const MOST_LATE_MS = 60_000;

/** What a timer is to do next. `dueAt`: epoch ms. */
export type Plan =
  | { readonly state: 'armed'; readonly dueAt: number; readonly reason: null }
  | { readonly state: 'expired' | 'invalid'; readonly dueAt: null; readonly reason: string };

const armed = (dueAt: number): Plan => ({ state: 'armed', dueAt, reason: null });
const over = (reason: string): Plan => ({ state: 'expired', dueAt: null, reason });

/** The plan of a timer that is armed now: `now`, epoch ms, is its anchor. What can never fire says why. */
export function planned(trigger: TimerTrigger, params: JsonObject, now: number): Plan {
  try {
    const schedule = scheduleOf(trigger, params, now);
    const next = schedule.next(now);
    return next === null ? neverFires(schedule) : armed(next);
  } catch (error) {
    if (error instanceof ScheduleInvalid) return { state: 'invalid', dueAt: null, reason: error.message };
    throw error;
  }
}

/** Before the first `dtstart` that is taken. */
const LONG_AGO = Date.UTC(1899, 0, 1);

function neverFires(schedule: Schedule): Plan {
  if (schedule.kind === 'one_shot') return over('fire_at had passed when the timer was armed');
  const hasBeen = schedule.kind === 'rrule' && schedule.next(LONG_AGO) !== null;
  if (hasBeen) return over('every occurrence had passed when the timer was armed');
  const code = schedule.kind === 'cron' ? 'CRON_INVALID' : 'RRULE_INVALID';
  return { state: 'invalid', dueAt: null, reason: `${code}: no day is ever as it says` };
}

/** A timer whose time has come. Instants: epoch ms. */
export interface Due {
  readonly trigger: TimerTrigger;
  readonly params: JsonObject;
  readonly anchor: number;
  readonly dueAt: number;
  /** Occurrences before this one. */
  readonly fires: number;
}

/** What comes of it: `occurrence` is the event's payload, null where it was missed; and the plan from there. */
export interface Fired {
  readonly occurrence: JsonObject | null;
  readonly plan: Plan;
}

/** Fires a timer that is due at `now`. Ticks that were missed in the meantime are passed over. Throws ScheduleInvalid. */
export function fired(due: Due, now: number, sensorRef: string): Fired {
  const schedule = scheduleOf(due.trigger, due.params, due.anchor);
  const next = schedule.next(now);
  const isMissed = now - due.dueAt > MOST_LATE_MS;
  const plan =
    next === null ? over(isMissed ? 'its last occurrence was missed' : 'its last occurrence has fired') : armed(next);
  const occurrence = { dueAt: due.dueAt, firedAt: now, nextAt: next, count: due.fires + 1, sensorRef };
  return { occurrence: isMissed ? null : payloadOf(schedule, occurrence), plan };
}

/**
 * The plan of an armed timer after the clock was set back to `now`: intervals and wildcards follow the clock, instants that
 * have been are not repeated. Throws ScheduleInvalid.
 */
export function setBack({ trigger, params, anchor, dueAt }: Due, now: number): number {
  const schedule = scheduleOf(trigger, params, anchor);
  return schedule.followsClock ? (schedule.next(now) ?? dueAt) : dueAt;
}
