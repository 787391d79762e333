import { Cron } from 'croner';
import type { JsonObject } from '../../../contract/json';
import { readFields } from './cron-fields';
import { ScheduleInvalid, type Schedule } from './types';
import { zoneOf } from './zone';
import { zonedNext, type WallSchedule } from './zoned-next';

/** Six fields, seconds first, in the zone that `timezone` names (UTC without one). All fields must match. Throws CRON_INVALID. */
export function cronSchedule({ expression, timezone = 'UTC' }: JsonObject): Schedule {
  if (typeof expression !== 'string') throw new ScheduleInvalid('CRON_INVALID', 'expression is a text of six fields');
  const zone = typeof timezone === 'string' ? zoneOf(timezone) : null;
  if (!zone) throw new ScheduleInvalid('CRON_INVALID', `timezone ${JSON.stringify(timezone)} is no IANA zone`);
  const wall = wallSchedule(expression);
  return {
    kind: 'cron',
    said: { expression, timezone: zone.name },
    followsClock: !wall.fixed,
    next: (after) => zonedNext(wall, zone, after),
  };
}

/** The library counts on a clock that is never set; what a zone makes of that is `zonedNext`'s. */
function wallSchedule(expression: string): WallSchedule {
  const { pattern, fixed } = readFields(expression);
  const cron = libraryOf(pattern);
  return { fixed, next: (after) => cron.nextRun(new Date(Math.floor(after)))?.getTime() ?? null };
}

function libraryOf(pattern: string): Cron {
  try {
    return new Cron(pattern, { timezone: 'UTC', mode: '6-part', domAndDow: true, paused: true });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw new ScheduleInvalid('CRON_INVALID', why);
  }
}
