import { writeJson } from '../../../contract/json-text/write-json';
import { ScheduleError } from './types';

/** Of other cron programs, as six fields. */
const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 0 1 1 *',
  '@annually': '0 0 0 1 1 *',
  '@monthly': '0 0 0 1 * *',
  '@weekly': '0 0 0 * * 0',
  '@daily': '0 0 0 * * *',
  '@midnight': '0 0 0 * * *',
  '@hourly': '0 0 * * * *',
};
const FIELD_NAMES = 'second, minute, hour, day, month, weekday';
const FIVE = 5;

/** An expression without six fields: how many it has, and what to write. */
export function fieldCountError(expression: string): ScheduleError {
  const fields = expression.split(/\s+/).filter(Boolean);
  return new ScheduleError('CRON_INVALID', `expression has six fields, seconds first; this has ${actual(fields)}`);
}

function actual(fields: readonly string[]): string {
  const [first = ''] = fields;
  const sixFields = NICKNAMES[first];
  if (sixFields !== undefined) return `a nickname: write ${writeJson(sixFields)}`;
  if (first === '@every') return 'a nickname: for an interval use core.intervaltimer';
  if (first.startsWith('@')) return `a nickname: write ${FIELD_NAMES}`;
  if (fields.length === FIVE) return `5 fields: write ${writeJson(`0 ${fields.join(' ')}`)}`;
  return `${fields.length} fields: write ${FIELD_NAMES}`;
}

/** A range that ends before it starts. */
interface ReversedRange {
  readonly first: string;
  readonly last: string;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` on. */
  readonly names: readonly string[];
}

/** The same values as two ranges; the second one goes on with the step of the first. */
export function splitRange({ first, last, from, to, step, min, max, names }: ReversedRange): string {
  const textOf = (value: number): string => (/^\d/.test(first) ? undefined : names[value - min]) ?? String(value);
  const stepText = step === 1 ? '' : `/${step}`;
  const rangeOf = (start: string, end: string): string => (start === end ? start : `${start}-${end}${stepText}`);
  const next = from + Math.ceil((max + 1 - from) / step) * step - (max + 1 - min);
  const before = rangeOf(first, textOf(max));
  return next > to ? before : `${before},${rangeOf(textOf(next), last)}`;
}
