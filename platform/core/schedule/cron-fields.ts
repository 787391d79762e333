import { ScheduleInvalid } from './types';

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names from `least` on. */
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Field[] = [
  { name: 'second', least: 0, most: 59, names: [] },
  { name: 'minute', least: 0, most: 59, names: [] },
  { name: 'hour', least: 0, most: 23, names: [] },
  { name: 'day', least: 1, most: 31, names: [] },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'weekday', least: 0, most: 7, names: WEEKDAYS },
];

/** Six fields, as plain numbers, lists and ranges. */
export interface CronFields {
  readonly pattern: string;
  /** No wildcard among second, minute and hour: a time of day that is meant once a day. */
  readonly fixed: boolean;
}

const PART = /^(?:\*|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d+))?$/;
const MOST_CHARACTERS = 1_000;

/**
 * Reads second, minute, hour, day, month and weekday: numbers, names of months and weekdays, lists, ranges, steps, `*`
 * (`?` for days), and `L` for the last day of the month. Throws CRON_INVALID with the field and what it takes.
 */
export function readFields(expression: string): CronFields {
  const texts = expression.trim().toLowerCase().split(/\s+/);
  if (expression.length > MOST_CHARACTERS || texts.length !== FIELDS.length) {
    const found = expression.startsWith('@') ? 'a nickname' : `${texts.length} fields`;
    throw new ScheduleInvalid('CRON_INVALID', `expression has six fields, seconds first; this has ${found}`);
  }
  const read = FIELDS.map((field, at) => readField(field, texts[at]!));
  const fixed = !texts.slice(0, 3).some((text, at) => text.startsWith('*') || isFull(FIELDS[at]!, read[at]!));
  return { pattern: read.join(' '), fixed };
}

/** A list that names every value is a wildcard, however it is written. */
const isFull = ({ least, most }: Field, list: string): boolean => list.split(',').length === most - least + 1;

function readField(field: Field, text: string): string {
  if (text === '*' || (text === '?' && field.name.endsWith('day'))) return '*';
  if (field.name === 'day' && text === 'l') return 'L';
  const values = new Set(text.split(',').flatMap((part) => valuesOf(field, part)));
  return [...values].sort((a, b) => a - b).join(',');
}

function valuesOf(field: Field, part: string): number[] {
  const found = PART.exec(part);
  if (!found) throw refused(field, part);
  const [, first, last, step = '1'] = found;
  const from = first === undefined ? field.least : numberOf(field, first, part);
  const to = endOf(field, found, from, last, part);
  const by = Number(step);
  if (from > to || by < 1) throw refused(field, part);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, n) => weekday(field, from + n * by));
}

/** `*` and `5/15` go on to the end; Sunday is there once, as 0. */
function endOf(field: Field, [, first, , step]: RegExpExecArray, from: number, last: string | undefined, part: string) {
  const end = field.name === 'weekday' ? 6 : field.most;
  if (last !== undefined) return numberOf(field, last, part);
  return first === undefined || step !== undefined ? Math.max(end, from) : from;
}

const weekday = ({ name }: Field, value: number): number => (name === 'weekday' ? value % 7 : value);

function numberOf(field: Field, text: string, part: string): number {
  const named = field.names.indexOf(text);
  const value = named >= 0 ? field.least + named : /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= field.least && value <= field.most)) throw refused(field, part);
  return value;
}

function refused({ name, least, most, names }: Field, part: string): ScheduleInvalid {
  const named = names.length > 0 ? ` or ${names[0]}-${names.at(-1)}` : '';
  return new ScheduleInvalid('CRON_INVALID', `${name} ${JSON.stringify(part)} is not of ${least}-${most}${named}`);
}
