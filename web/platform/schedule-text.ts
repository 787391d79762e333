import { textOrJson } from '../../contract/json-text/text-or-json';
import type { Json, JsonObject } from '../../contract/json';

/** The schedule of a timer in words, and its fields one by one. */
export interface ScheduleText {
  readonly summary: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Null: these parameters have no schedule of this trigger. */
export function scheduleText(trigger: string, params: JsonObject): ScheduleText | null {
  if (trigger === 'core.intervaltimer') return intervalText(params);
  if (trigger === 'core.crontimer') return cronText(params);
  if (trigger === 'core.datetimetimer') return dateText(params);
  return trigger === 'core.rruletimer' ? recurrenceText(params) : null;
}

const only = (summary: string): ScheduleText => ({ summary, fields: [] });

function intervalText({ unit, interval }: JsonObject): ScheduleText | null {
  if (typeof unit !== 'string' || typeof interval !== 'number') return null;
  return only(interval === 1 ? `every ${unit.replace(/s$/, '')}` : `every ${interval} ${unit}`);
}

const dateText = ({ fire_at: at }: JsonObject): ScheduleText | null =>
  typeof at === 'string' ? only(`once, at ${at}`) : null;

const CRON_FIELDS = ['second', 'minute', 'hour', 'day', 'month', 'weekday'] as const;
/** The last three fields: each day. */
const DAILY = /^[*?] [*] [*?]$/;

function cronText({ expression, timezone = 'UTC' }: JsonObject): ScheduleText | null {
  const fields = typeof expression === 'string' ? expression.trim().split(/\s+/) : [];
  if (fields.length !== CRON_FIELDS.length) return null;
  const [second = '', minute = '', hour = ''] = fields;
  const isTime = [second, minute, hour].every((field) => /^\d+$/.test(field));
  const time = [hour, minute, second].map((field) => field.padStart(2, '0')).join(':');
  const rest = CRON_FIELDS.map((name, n) => [name, cronFieldText(name, fields[n] ?? '')] as const);
  const isDaily = isTime && DAILY.test(fields.slice(3).join(' '));
  return {
    summary: isDaily ? `each day at ${time}, ${text(timezone)}` : `cron ${fields.join(' ')}, ${text(timezone)}`,
    fields: rest,
  };
}

/** `every 15th from 0`: the values of one field, which all have to match. */
function cronFieldText(name: string, field: string): string {
  if (field === '*' || field === '?') return name === 'weekday' ? 'every day of the week' : `every ${name}`;
  return field
    .split(',')
    .map((part) => cronPartText(name, part))
    .join(', ');
}

function cronPartText(name: string, part: string): string {
  const [range = '', step] = part.split('/');
  const span = rangeText(name, range, step !== undefined);
  return step === undefined ? span : `every ${step} ${name}s${span}`;
}

function rangeText(name: string, range: string, hasStep: boolean): string {
  if (range === '*') return '';
  if (range.toUpperCase() === 'L' && name === 'day') return 'the last day of the month';
  const [first = '', last] = range.split('-');
  if (last !== undefined) return `${hasStep ? ' from ' : ''}${valueText(name, first)} to ${valueText(name, last)}`;
  return hasStep ? ` from ${valueText(name, first)} on` : valueText(name, first);
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August'];
const LATE_MONTHS = ['September', 'October', 'November', 'December'];

function valueText(name: string, value: string): string {
  const names = name === 'weekday' ? WEEKDAYS : name === 'month' ? ['', ...MONTHS, ...LATE_MONTHS] : [];
  if (/^\d+$/.test(value)) return names[Number(value)] ?? value;
  return names.find((full) => full !== '' && full.toLowerCase().startsWith(value.toLowerCase())) ?? value;
}

const PERIODS: Readonly<Record<string, string>> = {
  yearly: 'year',
  monthly: 'month',
  weekly: 'week',
  daily: 'day',
  hourly: 'hour',
  minutely: 'minute',
  secondly: 'second',
};

/** The rule as RFC 5545 has it, where it is given so. */
function recurrenceText({ dtstart, timezone = 'UTC', rule, ...parts }: JsonObject): ScheduleText | null {
  if (typeof dtstart !== 'string') return null;
  const from = `from ${dtstart} on, ${text(timezone)}`;
  if (typeof rule === 'string') return only(`${rule} ${from}`);
  const { freq, interval = 1, ...filters } = parts;
  const period = typeof freq === 'string' ? PERIODS[freq.toLowerCase()] : undefined;
  if (period === undefined) return null;
  const every = interval === 1 ? `every ${period}` : `every ${text(interval)} ${period}s`;
  return {
    summary: `${every} ${from}`,
    fields: Object.entries(filters).map(([name, value]) => [name.replaceAll('_', ' '), text(value)] as const),
  };
}

const text = (value: Json): string => (Array.isArray(value) ? value.map(text).join(', ') : textOrJson(value));
