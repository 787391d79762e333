import type { Json, JsonObject } from '../../../contract/json';
import { isObject } from '../../../contract/json';
import { ScheduleInvalid } from './types';

export const FREQUENCIES = ['yearly', 'monthly', 'weekly', 'daily', 'hourly', 'minutely', 'secondly'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** `-1` and `fr`: the last Friday. `nth` 0: every one. */
export interface NthWeekday {
  readonly nth: number;
  /** 0 is Monday. */
  readonly weekday: number;
}

/** A recurrence rule (RFC 5545) as given; an empty list filters nothing. */
export interface RecurrenceRule {
  readonly freq: Frequency;
  readonly interval: number;
  readonly count: number | null;
  /** As written; the zone is not known here. */
  readonly until: string | null;
  /** 0 is Monday. */
  readonly weekStart: number;
  readonly months: readonly number[];
  readonly weekNumbers: readonly number[];
  readonly yearDays: readonly number[];
  readonly monthDays: readonly number[];
  readonly weekdays: readonly NthWeekday[];
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
  readonly positions: readonly number[];
}

const WEEKDAYS = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'];
/** A rule that counts is followed from its beginning. */
const MOST_COUNTED = 10_000;
const MOST_INTERVAL = 2_147_483_647;

/** Reads `freq`, `interval`, `count`, `until`, `week_start`, `by_*`, or all of them from a raw `rule`. Throws RRULE_INVALID. */
export function readRecurrenceRule(params: JsonObject): RecurrenceRule {
  const given = typeof params.rule === 'string' ? rawParts(params.rule) : parts(params);
  const named = typeof given.freq === 'string' ? given.freq.toLowerCase() : null;
  const freq = FREQUENCIES.find((known) => known === named);
  if (!freq) throw invalid('freq', `is one of ${FREQUENCIES.join(', ')}`);
  const rule: RecurrenceRule = {
    freq,
    interval: whole(given, 'interval', 1, MOST_INTERVAL) ?? 1,
    count: whole(given, 'count', 1, MOST_COUNTED),
    until: typeof given.until === 'string' ? given.until : null,
    weekStart: weekStart(given.wkst),
    months: numbers(given, 'bymonth', 1, 12),
    weekNumbers: numbers(given, 'byweekno', 1, 53, true),
    yearDays: numbers(given, 'byyearday', 1, 366, true),
    monthDays: numbers(given, 'bymonthday', 1, 31, true),
    weekdays: list(given.byday).map(nthWeekday),
    hours: numbers(given, 'byhour', 0, 23),
    minutes: numbers(given, 'byminute', 0, 59),
    seconds: numbers(given, 'bysecond', 0, 59),
    positions: numbers(given, 'bysetpos', 1, 366, true),
  };
  if (rule.weekNumbers.length > 0 && freq !== 'yearly') throw invalid('by_week_no', 'goes with freq yearly');
  const hasNth = rule.weekdays.some(({ nth }) => nth !== 0);
  if (hasNth && freq !== 'yearly' && freq !== 'monthly')
    throw invalid('by_day', 'has numbers with freq monthly or yearly only');
  return rule;
}

const invalid = (field: string, why: string) => new ScheduleInvalid('RRULE_INVALID', `${field} ${why}`);

const OTHER_NAMES: Readonly<Record<string, string>> = { byweekday: 'byday', weekstart: 'wkst' };
const nameOf = (key: string): string => {
  const plain = key.toLowerCase().replaceAll('_', '');
  return OTHER_NAMES[plain] ?? plain;
};

const parts = (params: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(params).map(([key, value]) => [nameOf(key), value]));

function rawParts(text: string): JsonObject {
  const pairs = text
    .trim()
    .replace(/^RRULE:/i, '')
    .split(';');
  const read = pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [, key, value] = /^([A-Za-z]+)=(\S+)$/.exec(pair) ?? [];
      if (key === undefined || value === undefined)
        throw invalid('rule', `has ${JSON.stringify(pair)}: write FREQ=DAILY;INTERVAL=2`);
      return [nameOf(key), value] as const;
    });
  return Object.fromEntries(read);
}

function whole(given: JsonObject, field: string, least: number, most: number): number | null {
  const value = given[field];
  if (value === undefined || value === null) return null;
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most)
    throw invalid(field, `is a whole number of ${least}-${most}`);
  return number;
}

const list = (value: Json | undefined): Json[] => {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return value.split(',');
  return Array.isArray(value) ? value : [value];
};

function numbers(given: JsonObject, field: string, least: number, most: number, orBack = false): number[] {
  const read = list(given[field]).map((value) => {
    const number = isObject(value) || value === '' ? NaN : Number(value);
    const size = orBack ? Math.abs(number) : number;
    if (!Number.isInteger(number) || size < least || size > most) {
      throw invalid(field, `has ${JSON.stringify(value)}, not of ${least}-${most}${orBack ? ' or backwards' : ''}`);
    }
    return number;
  });
  return [...new Set(read)].sort((a, b) => a - b);
}

const NTH_WEEKDAY = /^([+-]?\d{1,2})?(mo|tu|we|th|fr|sa|su)[a-z]*$/;

function nthWeekday(value: Json): NthWeekday {
  const [, nth = '0', name = ''] = (typeof value === 'string' && NTH_WEEKDAY.exec(value.trim().toLowerCase())) || [];
  const weekday = WEEKDAYS.indexOf(name);
  if (weekday < 0 || Math.abs(Number(nth)) > 53)
    throw invalid('by_day', `has ${JSON.stringify(value)}: write MO, or -1FR for the last Friday`);
  return { nth: Number(nth), weekday };
}

function weekStart(value: Json | undefined): number {
  if (value === undefined || value === null) return 0;
  return nthWeekday(value).weekday;
}
