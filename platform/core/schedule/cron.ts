import { Cron } from 'croner';
import type { JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { parseCronFields } from './cron-fields';
import { ScheduleError, type Schedule } from './types';
import { findZone } from './zone';
import { zonedNext, type WallClockSchedule } from './zoned-next';

/**
 * Six fields, seconds first, in the zone `timezone` (default UTC). All fields must match. Throws
 * CRON_INVALID.
 */
export function cronSchedule({ expression, timezone = 'UTC' }: JsonObject): Schedule {
  if (typeof expression !== 'string') throw new ScheduleError('CRON_INVALID', 'expression is a text of six fields');
  const zone = typeof timezone === 'string' ? findZone(timezone) : null;
  if (!zone) throw new ScheduleError('CRON_INVALID', `timezone ${writeJson(timezone)} is no IANA zone`);
  const wallTime = wallClockSchedule(expression);
  return {
    kind: 'cron',
    payloadFields: { expression, timezone: zone.name },
    followsClock: !wallTime.hasFixedTime,
    next: (after) => zonedNext(wallTime, zone, after),
  };
}

/**
 * The library computes in UTC, which has no clock changes; `zonedNext` applies those of the zone.
 */
function wallClockSchedule(expression: string): WallClockSchedule {
  const { pattern, hasFixedTime } = parseCronFields(expression);
  const cron = createCron(pattern);
  return { hasFixedTime, next: (after) => cron.nextRun(new Date(Math.floor(after)))?.getTime() ?? null };
}

function createCron(pattern: string): Cron {
  try {
    return new Cron(pattern, { utcOffset: 0, mode: '6-part', domAndDow: true, paused: true });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw new ScheduleError('CRON_INVALID', why);
  }
}
