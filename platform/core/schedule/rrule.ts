import type { JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { parseDateTime } from './date-time';
import { recurrence } from './recurrence';
import { parseRecurrenceRule } from './recurrence-rule';
import { ScheduleError, type Schedule } from './types';
import { findZone, type Zone } from './zone';
import { zonedNext } from './zoned-next';

const invalid = (why: string) => new ScheduleError('RRULE_INVALID', why);
/** Steps are counted from `dtstart`: an earlier one only takes longer. */
const FIRST_YEAR = 1900;

/**
 * A recurrence rule (RFC 5545) on the local clock of its zone. `dtstart` is an instant, or a local
 * time where it has no offset. Throws RRULE_INVALID.
 */
export function rruleSchedule(params: JsonObject): Schedule {
  const { dtstart, timezone = 'UTC' } = params;
  const zone = typeof timezone === 'string' ? findZone(timezone) : null;
  if (!zone) throw invalid(`timezone ${writeJson(timezone)} is no IANA zone`);
  const start = typeof dtstart === 'string' ? parseWallTime(dtstart, zone) : null;
  if (start === null || new Date(start).getUTCFullYear() < FIRST_YEAR) {
    throw invalid(`dtstart is a date and time such as 2030-01-31T08:00:00, from ${FIRST_YEAR} on`);
  }
  const rule = parseRecurrenceRule(params);
  const until = rule.until === null ? null : parseUntil(rule.until, zone);
  const wallTime = recurrence(rule, Math.ceil(start / 1_000) * 1_000, until);
  const fixed = rule.freq === 'yearly' || rule.freq === 'monthly' || rule.freq === 'weekly' || rule.freq === 'daily';
  return {
    kind: 'rrule',
    payloadFields: {},
    followsClock: false,
    next: (after) => zonedNext({ ...wallTime, hasFixedTime: fixed }, zone, after),
  };
}

function parseWallTime(text: string, zone: Zone): number | null {
  const at = parseDateTime(text);
  if (at === null) return null;
  if (at.offsetMs === null) return at.wallTime;
  const instant = at.wallTime - at.offsetMs;
  return instant + zone.periodAt(instant).offsetMs;
}

const COMPACT_DATE_TIME = /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * Inclusive: a day without a time ends at 23:59:59. Raw rules have the form `20301231T235959Z`.
 */
function parseUntil(text: string, zone: Zone): number {
  const [, year, month, day, hour = '23', minute = '59', second = '59', offset = ''] =
    COMPACT_DATE_TIME.exec(text) ?? [];
  const wallTime =
    year === undefined
      ? parseWallTime(text, zone)
      : parseWallTime(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`, zone);
  if (wallTime === null) throw invalid(`until ${writeJson(text)} is no date and time`);
  return wallTime;
}
