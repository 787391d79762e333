import type { JsonObject } from '../../../contract/json';
import { written } from './instant';
import { LAST_INSTANT, ScheduleInvalid, type Schedule } from './types';

/** Once, at `fire_at`. Throws DATE_INVALID, and OUT_OF_RANGE beyond the year 9999. */
export function dateSchedule({ fire_at: text, timezone }: JsonObject): Schedule {
  const at = typeof text === 'string' ? written(text) : null;
  if (typeof text !== 'string' || at === null) throw isNoInstant(text);
  if (at.offsetMs === null)
    throw new ScheduleInvalid('DATE_INVALID', `fire_at ${text} names no offset: end it in Z or +01:00`);
  const instant = at.wall - at.offsetMs;
  if (instant > LAST_INSTANT) throw new ScheduleInvalid('OUT_OF_RANGE', 'fire_at lies beyond the year 9999');
  return {
    kind: 'one_shot',
    said: { timezone: typeof timezone === 'string' ? timezone : 'UTC' },
    followsClock: false,
    next: (after) => (after < instant ? instant : null),
  };
}

function isNoInstant(text: unknown): ScheduleInvalid {
  if (typeof text === 'string' && /^[+-]?\d{5,}-/.test(text)) {
    return new ScheduleInvalid('OUT_OF_RANGE', `fire_at ${text} lies beyond the year 9999`);
  }
  return new ScheduleInvalid('DATE_INVALID', `fire_at is an RFC 3339 instant such as 2030-01-31T08:00:00Z`);
}
