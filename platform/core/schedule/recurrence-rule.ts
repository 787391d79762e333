import type { Json, JsonObject } from '../../../contract/json';
import { isObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { ScheduleError } from './types';

const FREQUENCIES = ['yearly', 'monthly', 'weekly', 'daily', 'hourly', 'minutely', 'secondly'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** `-1` and `fr`: the last Friday. `nth` 0: every one. */
interface NthWeekday {
  readonly nth: number;
  /** 0 is Monday. */
  readonly weekday: number;
}

/** A recurrence rule (RFC 5545); an empty list filters nothing. */
export interface RecurrenceRule {
  readonly freq: Frequency;
  readonly interval: number;
  readonly count: number | null;
  /** Unparsed: it depends on the zone. */
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
/** A rule with `count` is evaluated from its start. */
const MAX_COUNT = 10_000;
const MAX_INTERVAL = 2_147_483_647;

/**
 * Parses `freq`, `interval`, `count`, `until`, `week_start`, `by_*`, or all of them from a raw
 * `rule`. Throws RRULE_INVALID.
 */
export function parseRecurrenceRule(params: JsonObject): RecurrenceRule {
  const given = typeof params.rule === 'string' ? parseRawRule(params.rule) : normalizeKeys(params);
  const freqName = typeof given.freq === 'string' ? given.freq.toLowerCase() : null;
  const freq = FREQUENCIES.find((known) => known === freqName);
  if (!freq) throw invalid('freq', `is one of ${FREQUENCIES.join(', ')}`);
  const rule: RecurrenceRule = {
    freq,
    interval: parseInteger(given, 'interval', 1, MAX_INTERVAL) ?? 1,
    count: parseInteger(given, 'count', 1, MAX_COUNT),
    until: typeof given.until === 'string' ? given.until : null,
    weekStart: weekStart(given.wkst),
    months: parseIntegers(given, 'bymonth', 1, 12),
    weekNumbers: parseIntegers(given, 'byweekno', 1, 53, true),
    yearDays: parseIntegers(given, 'byyearday', 1, 366, true),
    monthDays: parseIntegers(given, 'bymonthday', 1, 31, true),
    weekdays: toList(given.byday).map(parseNthWeekday),
    hours: parseIntegers(given, 'byhour', 0, 23),
    minutes: parseIntegers(given, 'byminute', 0, 59),
    seconds: parseIntegers(given, 'bysecond', 0, 59),
    positions: parseIntegers(given, 'bysetpos', 1, 366, true),
  };
  if (rule.weekNumbers.length > 0 && freq !== 'yearly') throw invalid('by_week_no', 'goes with freq yearly');
  const hasNth = rule.weekdays.some(({ nth }) => nth !== 0);
  if (hasNth && freq !== 'yearly' && freq !== 'monthly')
    throw invalid('by_day', 'has numbers with freq monthly or yearly only');
  return rule;
}

const invalid = (field: string, why: string) => new ScheduleError('RRULE_INVALID', `${field} ${why}`);

const KEY_ALIASES: Readonly<Record<string, string>> = { byweekday: 'byday', weekstart: 'wkst' };
const normalizeKey = (key: string): string => {
  const plain = key.toLowerCase().replaceAll('_', '');
  return KEY_ALIASES[plain] ?? plain;
};

/** What a raw rule may have. */
const PARTS: readonly string[] = [
  ...['freq', 'interval', 'count', 'until', 'wkst', 'bymonth', 'byweekno', 'byyearday'],
  ...['bymonthday', 'byday', 'byhour', 'byminute', 'bysecond', 'bysetpos'],
];

const normalizeKeys = (params: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(params).map(([key, value]) => [normalizeKey(key), value]));

function parseRawRule(text: string): JsonObject {
  const pairs = text
    .trim()
    .replace(/^RRULE:/i, '')
    .split(';');
  const read = pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [, key, value] = /^([A-Za-z]+)=(\S+)$/.exec(pair) ?? [];
      if (key === undefined || value === undefined)
        throw invalid('rule', `has ${writeJson(pair)}: write FREQ=DAILY;INTERVAL=2`);
      const part = normalizeKey(key);
      if (!PARTS.includes(part))
        throw invalid('rule', `has ${writeJson(key)}, not one of ${PARTS.join(', ').toUpperCase()}`);
      return [part, value] as const;
    });
  return Object.fromEntries(read);
}

function parseInteger(given: JsonObject, field: string, min: number, max: number): number | null {
  const value = given[field];
  if (value === undefined || value === null) return null;
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max)
    throw invalid(field, `is a whole number of ${min}-${max}`);
  return number;
}

const toList = (value: Json | undefined): Json[] => {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return value.split(',');
  return Array.isArray(value) ? value : [value];
};

function parseIntegers(given: JsonObject, field: string, min: number, max: number, allowsNegative = false): number[] {
  const read = toList(given[field]).map((value) => {
    const number = isObject(value) || value === '' ? NaN : Number(value);
    const size = allowsNegative ? Math.abs(number) : number;
    if (!Number.isInteger(number) || size < min || size > max) {
      throw invalid(field, `has ${writeJson(value)}, not of ${min}-${max}${allowsNegative ? ' or backwards' : ''}`);
    }
    return number;
  });
  return [...new Set(read)].sort((a, b) => a - b);
}

const NTH_WEEKDAY = /^([+-]?\d{1,2})?(mo|tu|we|th|fr|sa|su)[a-z]*$/;

function parseNthWeekday(value: Json): NthWeekday {
  const [, nth = '0', name = ''] = (typeof value === 'string' && NTH_WEEKDAY.exec(value.trim().toLowerCase())) || [];
  const weekday = WEEKDAYS.indexOf(name);
  if (weekday < 0 || Math.abs(Number(nth)) > 53)
    throw invalid('by_day', `has ${writeJson(value)}: write MO, or -1FR for the last Friday`);
  return { nth: Number(nth), weekday };
}

function weekStart(value: Json | undefined): number {
  if (value === undefined || value === null) return 0;
  return parseNthWeekday(value).weekday;
}
