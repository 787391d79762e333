import type { JsonObject } from '../../../contract/json';
import { timerPayload } from './payload';
import { createSchedule, type TimerTrigger } from './schedule';
import { ScheduleError, type Schedule } from './types';

/** An occurrence that is later than this was missed and does not fire, ms. */
const MAX_LATENESS_MS = 60_000;

/** The next occurrence of a timer, or why it has none. `dueAt`: epoch ms. */
export type TimerPlan =
  | { readonly state: 'armed'; readonly dueAt: number; readonly reason: null }
  | { readonly state: 'expired' | 'invalid'; readonly dueAt: null; readonly reason: string };

const armed = (dueAt: number): TimerPlan => ({ state: 'armed', dueAt, reason: null });
const expired = (reason: string): TimerPlan => ({ state: 'expired', dueAt: null, reason });

/** The plan of a timer that was armed at `anchor` (epoch ms). */
export function initialPlan(trigger: TimerTrigger, params: JsonObject, anchor: number): TimerPlan {
  try {
    const schedule = createSchedule(trigger, params, anchor);
    const next = schedule.next(anchor);
    return next === null ? planWithoutOccurrence(schedule) : armed(next);
  } catch (error) {
    return invalidPlan(error);
  }
}

/** The plan of a timer whose parameters give no schedule. Throws any other error. */
export function invalidPlan(error: unknown): TimerPlan {
  if (!(error instanceof ScheduleError)) throw error;
  return { state: 'invalid', dueAt: null, reason: error.message };
}

/**
 * Why these parameters give no schedule; null where they give one, also one that has ended or that
 * starts too late.
 */
export function scheduleError(trigger: TimerTrigger, params: JsonObject, now: number): string | null {
  const { state, reason } = initialPlan(trigger, params, now);
  return state === 'invalid' && !reason.startsWith('OUT_OF_RANGE') ? reason : null;
}

/** Before the earliest valid `dtstart`. */
const BEFORE_EVERY_DTSTART = Date.UTC(1899, 0, 1);

function planWithoutOccurrence(schedule: Schedule): TimerPlan {
  if (schedule.kind === 'one_shot') return expired('fire_at had passed when the timer was armed');
  const hasPastOccurrence = schedule.kind === 'rrule' && schedule.next(BEFORE_EVERY_DTSTART) !== null;
  if (hasPastOccurrence) return expired('every occurrence had passed when the timer was armed');
  const code = schedule.kind === 'cron' ? 'CRON_INVALID' : 'RRULE_INVALID';
  return { state: 'invalid', dueAt: null, reason: `${code}: no date matches` };
}

/** A timer that is due. Instants: epoch ms. */
export interface DueTimer {
  readonly trigger: TimerTrigger;
  readonly params: JsonObject;
  readonly anchor: number;
  readonly dueAt: number;
  /** Number of occurrences before this one. */
  readonly fires: number;
}

/** `occurrence` is the event's payload, null for a missed one; `plan` is the plan after it. */
interface FireResult {
  readonly occurrence: JsonObject | null;
  readonly plan: TimerPlan;
}

/**
 * Fires a timer that is due at `now`. Occurrences missed since then are skipped. Throws
 * ScheduleError.
 */
export function afterFire(due: DueTimer, now: number, sensorRef: string): FireResult {
  const schedule = createSchedule(due.trigger, due.params, due.anchor);
  const next = schedule.next(now);
  const isMissed = isTooLate(due.dueAt, now);
  const plan =
    next === null
      ? expired(isMissed ? 'its last occurrence was missed' : 'its last occurrence has fired')
      : armed(next);
  const occurrence = { dueAt: due.dueAt, firedAt: now, nextAt: next, count: due.fires + 1, sensorRef };
  return { occurrence: isMissed ? null : timerPayload(schedule, occurrence), plan };
}

/**
 * The next instants at which an armed timer fires, epoch ms, without end for most. What is due at
 * `now` is the first unless it was missed. They are planned as `afterFire` does it, one after
 * another. Throws ScheduleError.
 */
export function* nextFires({ trigger, params, anchor, dueAt }: Omit<DueTimer, 'fires'>, now: number) {
  const schedule = createSchedule(trigger, params, anchor);
  for (let at: number | null = dueAt; at !== null; at = schedule.next(Math.max(at, now))) {
    if (!isTooLate(at, now)) yield at;
  }
}

const isTooLate = (dueAt: number, now: number): boolean => now - dueAt > MAX_LATENESS_MS;

/**
 * The due instant of an armed timer after the clock was set back to `now`: intervals and wildcards
 * follow the clock, past instants are not repeated. Throws ScheduleError.
 */
export function afterClockSetBack({ trigger, params, anchor, dueAt }: DueTimer, now: number): number {
  const schedule = createSchedule(trigger, params, anchor);
  return schedule.followsClock ? (schedule.next(now) ?? dueAt) : dueAt;
}
