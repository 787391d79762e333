import type { JsonObject } from '../../../contract/json';
import { cronSchedule } from './cron';
import { dateSchedule } from './one-shot';
import { intervalSchedule } from './interval';
import { rruleSchedule } from './rrule';
import type { Schedule } from './types';

/** The built-in triggers of timers. */
const TIMER_TRIGGERS = {
  'core.intervaltimer': intervalSchedule,
  'core.crontimer': cronSchedule,
  'core.datetimetimer': dateSchedule,
  'core.rruletimer': rruleSchedule,
} as const satisfies Record<string, (params: JsonObject, anchor: number) => Schedule>;

export type TimerTrigger = keyof typeof TIMER_TRIGGERS;

export const isTimerTrigger = (ref: string): ref is TimerTrigger => Object.hasOwn(TIMER_TRIGGERS, ref);

/**
 * The schedule of a rule's `trigger_params`. `anchor` is the instant from which intervals count,
 * epoch ms. Throws ScheduleError.
 */
export const createSchedule = (trigger: TimerTrigger, params: JsonObject, anchor: number): Schedule =>
  TIMER_TRIGGERS[trigger](params, anchor);
