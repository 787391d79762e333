import type { JsonObject } from '../../../contract/json';
import { written } from './instant';
import { recurrence } from './recurrence';
import { readRecurrenceRule } from './recurrence-rule';
import { ScheduleInvalid, type Schedule } from './types';
import { zoneOf, type Zone } from './zone';
import { zonedNext } from './zoned-next';

const invalid = (why: string) => new ScheduleInvalid('RRULE_INVALID', why);
/** Steps are counted from `dtstart`: no rule needs an older one. */
const FIRST_YEAR = 1900;

/**
 * A recurrence rule (RFC 5545) on the wall clock of its zone, from `dtstart` on: an instant, or a wall time where it names
 * no offset. Throws RRULE_INVALID.
 */
export function rruleSchedule(params: JsonObject): Schedule {
  const { dtstart, timezone = 'UTC' } = params;
  const zone = typeof timezone === 'string' ? zoneOf(timezone) : null;
  if (!zone) throw invalid(`timezone ${JSON.stringify(timezone)} is no IANA zone`);
  const start = typeof dtstart === 'string' ? wallTime(dtstart, zone) : null;
  if (start === null || new Date(start).getUTCFullYear() < FIRST_YEAR) {
    throw invalid(`dtstart is a date and time such as 2030-01-31T08:00:00, from ${FIRST_YEAR} on`);
  }
  const rule = readRecurrenceRule(params);
  const until = rule.until === null ? null : untilOf(rule.until, zone);
  const wall = recurrence(rule, Math.floor(start / 1_000) * 1_000, until);
  const fixed = rule.freq === 'yearly' || rule.freq === 'monthly' || rule.freq === 'weekly' || rule.freq === 'daily';
  return { kind: 'rrule', said: {}, followsClock: false, next: (after) => zonedNext({ ...wall, fixed }, zone, after) };
}

function wallTime(text: string, zone: Zone): number | null {
  const at = written(text);
  if (at === null) return null;
  if (at.offsetMs === null) return at.wall;
  const instant = at.wall - at.offsetMs;
  return instant + zone.at(instant).offset;
}

const COMPACT = /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)(Z|[+-]\d\d:\d\d)?)?$/i;

/** Inclusive; a day without a time is meant to its end. `20301231T235959Z` is written so in raw rules. */
function untilOf(text: string, zone: Zone): number {
  const [, year, month, day, hour = '23', minute = '59', second = '59', offset = ''] = COMPACT.exec(text) ?? [];
  const wall =
    year === undefined
      ? wallTime(text, zone)
      : wallTime(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`, zone);
  if (wall === null) throw invalid(`until ${JSON.stringify(text)} is no date and time`);
  return wall;
}
