import { fieldCountError, splitRange } from './cron-advice';
import { ScheduleError } from './types';
import { writeJson } from '../../../contract/json-text/write-json';

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` on. */
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Field[] = [
  { name: 'second', min: 0, max: 59, names: [] },
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'weekday', min: 0, max: 7, names: WEEKDAYS },
];

/** Six fields as plain numbers, lists and ranges. */
interface CronFields {
  readonly pattern: string;
  /** True if second, minute and hour have no wildcard: a time of day that occurs once a day. */
  readonly hasFixedTime: boolean;
}

const PART_PATTERN = /^(?:\*|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d+))?$/;
const MAX_EXPRESSION_LENGTH = 1_000;

/**
 * Parses second, minute, hour, day, month and weekday: numbers, names of months and weekdays,
 * lists, ranges, steps, `*` (`?` for days), and `L` for the last day of the month. Throws
 * CRON_INVALID with the field and its valid values.
 */
export function parseCronFields(expression: string): CronFields {
  const texts = expression.trim().toLowerCase().split(/\s+/);
  if (expression.length > MAX_EXPRESSION_LENGTH)
    throw new ScheduleError('CRON_INVALID', `expression has more than ${MAX_EXPRESSION_LENGTH} characters`);
  if (texts.length !== FIELDS.length) throw fieldCountError(texts.join(' '));
  const parsed = FIELDS.map((field, at) => parseField(field, texts[at]!));
  const hasFixedTime = !texts
    .slice(0, 3)
    .some((text, at) => text.startsWith('*') || isEveryValue(FIELDS[at]!, parsed[at]!));
  return { pattern: parsed.join(' '), hasFixedTime };
}

/** A list of every value is a wildcard, however it is written. */
const isEveryValue = ({ min, max }: Field, list: string): boolean => list.split(',').length === max - min + 1;

function parseField(field: Field, text: string): string {
  if (text === '*' || (text === '?' && field.name.endsWith('day'))) return '*';
  if (field.name === 'day' && text === 'l') return 'L';
  const values = new Set(text.split(',').flatMap((part) => parsePart(field, part)));
  return [...values].sort((a, b) => a - b).join(',');
}

function parsePart(field: Field, part: string): number[] {
  const match = PART_PATTERN.exec(part);
  if (!match) throw invalidField(field, part);
  const [, first, last, step = '1'] = match;
  const from = first === undefined ? field.min : parseValue(field, first, part);
  const to = rangeEnd(field, match, from, last, part);
  const stepSize = Number(step);
  if (stepSize < 1) throw fieldError(field, part, 'has the step 0: write one of at least 1');
  if (stepSize > valueCount(field)) throw tooLongStep(field, part, step);
  if (from > to) throw reversedRange(field, part, { first, last, from, to, step: stepSize });
  return Array.from({ length: Math.floor((to - from) / stepSize) + 1 }, (_, n) =>
    normalizeWeekday(field, from + n * stepSize),
  );
}

/** `*` and `5/15` extend to the end; Sunday is listed once, as 0. */
function rangeEnd(
  field: Field,
  [, first, , step]: RegExpExecArray,
  from: number,
  last: string | undefined,
  part: string,
) {
  if (last !== undefined) return parseValue(field, last, part);
  return first === undefined || step !== undefined ? Math.max(lastValue(field), from) : from;
}

const normalizeWeekday = ({ name }: Field, value: number): number => (name === 'weekday' ? value % 7 : value);

function parseValue(field: Field, text: string, part: string): number {
  const named = field.names.indexOf(text);
  const value = named >= 0 ? field.min + named : /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= field.min && value <= field.max)) throw invalidField(field, part);
  return value;
}

/** What was written of a range, and its values. */
interface WrittenRange {
  readonly first?: string | undefined;
  readonly last?: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

function reversedRange(field: Field, part: string, { first = '', last = '', ...range }: WrittenRange): ScheduleError {
  const advice = splitRange({ ...field, ...range, first, last, max: lastValue(field) });
  return fieldError(field, part, `ends before it starts: write ${writeJson(advice)}`);
}

/** Sunday is 0 and 7. */
const lastValue = ({ name, max }: Field): number => (name === 'weekday' ? 6 : max);

const valueCount = (field: Field): number => lastValue(field) - field.min + 1;

/** Only the first value would match. */
function tooLongStep(field: Field, part: string, step: string): ScheduleError {
  const { name } = field;
  const other = INTERVAL_UNITS.has(name)
    ? `for every ${step} ${name}s use core.intervaltimer`
    : 'for a longer one use core.rruletimer';
  return fieldError(field, part, `has a step above ${valueCount(field)}, the number of its values: ${other}`);
}

const INTERVAL_UNITS: ReadonlySet<string> = new Set(['second', 'minute', 'hour']);

const fieldError = ({ name }: Field, part: string, why: string): ScheduleError =>
  new ScheduleError('CRON_INVALID', `${name} ${writeJson(part)} ${why}`);

function invalidField(field: Field, part: string): ScheduleError {
  const { min, max, names } = field;
  const named = names.length > 0 ? ` or ${names[0]}-${names.at(-1)}` : '';
  return fieldError(field, part, `is not of ${min}-${max}${named}${otherCron(field, part)}`);
}

/** What other cron programs take, and what to use here. */
function otherCron({ name }: Field, part: string): string {
  if (part === '?') return ': write "*"';
  return name.endsWith('day') && /#|l$|w$/.test(part) ? ': for such a day use core.rruletimer' : '';
}
