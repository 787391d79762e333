import type { JsonObject } from '../../../contract/json';
import { parseDateTime } from './date-time';
import { LAST_INSTANT_MS, ScheduleError, type Schedule } from './types';

/** Fires once, at `fire_at`. Throws DATE_INVALID, and OUT_OF_RANGE beyond the year 9999. */
export function dateSchedule({ fire_at: text, timezone }: JsonObject): Schedule {
  const at = typeof text === 'string' ? parseDateTime(text) : null;
  if (typeof text !== 'string' || at === null) throw invalidInstant(text);
  if (at.offsetMs === null)
    throw new ScheduleError('DATE_INVALID', `fire_at ${text} names no offset: end it in Z or +01:00`);
  const instant = at.wallTime - at.offsetMs;
  if (instant > LAST_INSTANT_MS) throw new ScheduleError('OUT_OF_RANGE', 'fire_at lies beyond the year 9999');
  return {
    kind: 'one_shot',
    payloadFields: { timezone: typeof timezone === 'string' ? timezone : 'UTC' },
    followsClock: false,
    next: (after) => (after < instant ? instant : null),
  };
}

function invalidInstant(text: unknown): ScheduleError {
  if (typeof text === 'string' && /^[+-]?\d{5,}-/.test(text)) {
    return new ScheduleError('OUT_OF_RANGE', `fire_at ${text} lies beyond the year 9999`);
  }
  return new ScheduleError('DATE_INVALID', `fire_at is an RFC 3339 instant such as 2030-01-31T08:00:00Z`);
}
