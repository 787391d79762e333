import type { JsonObject } from '../../../../contract/json';

const at = { dtstart: '2030-01-01T09:00:00Z', freq: 'daily' };

/** Parameters that give no schedule, by kind of timer. */
const CRON = [
  '* * * * *',
  '0 0 0 * * * *',
  '60 * * * * *',
  '0 60 * * * *',
  '0 0 24 * * *',
  '0 0 0 0 * *',
  '0 0 0 32 * *',
  '0 0 0 1 13 *',
  '0 0 0 * * 8',
  '0 0 22-2 * * *',
  '0 0 0 * * SAT-SUN',
  '0 */90 * * * *',
  '0 0 0 31 4 *',
  '0 0 0 30 feb *',
  '0 0 0 ? * L',
];
const DATES = [
  ...['2030-01-01T08:00:00', '2030-02-30T08:00:00Z', 'tomorrow', '2030-01-01'],
  ...['2030-01-01T08:00:00+25:00', '2030-01-01T08:00:00-01:60'],
];
const RECURRENCES: readonly JsonObject[] = [
  { dtstart: '2030-01-01T09:00:00Z' },
  { ...at, dtstart: 'monday' },
  { ...at, dtstart: '2030-01-01T09:00:00+24:00' },
  { ...at, freq: 'fortnightly' },
  { ...at, interval: 0 },
  { ...at, count: 10_001 },
  { ...at, by_month: 13 },
  { ...at, by_day: 'XX' },
  { ...at, by_hour: 24 },
  { ...at, week_start: 'XX' },
  { ...at, timezone: 'Europe/Atlantis' },
  ...[
    'FREQ=DAILY;FOO=1',
    'FREQ=DAILY;COUNT',
    'FREQ=DAILY;COUNT=',
    'FREQ=DAILY;=2',
    'FREQ=DAILY;COUNT=1 0',
    'daily',
  ].map((rule) => ({ dtstart: at.dtstart, rule })),
  { ...at, by_month: 2, by_month_day: 30 },
];

/** Kind, parameters and code of each refusal. */
export const REFUSED_TIMERS: readonly (readonly [keyof typeof ACCEPTED_TIMERS, JsonObject, string])[] = [
  ...CRON.map((expression) => ['cron', { expression }, 'CRON_INVALID'] as const),
  ['cron', { expression: '0 0 9 * * *', timezone: 'Europe/Atlantis' }, 'CRON_INVALID'],
  ...DATES.map((fire_at) => ['date', { fire_at }, 'DATE_INVALID'] as const),
  ...RECURRENCES.map((params) => ['recurrence', params, 'RRULE_INVALID'] as const),
];

/** Parameters that give a schedule, by kind of timer. */
export const ACCEPTED_TIMERS = {
  cron: { expression: '0 0 9 * * *' },
  date: { fire_at: '2999-01-01T08:00:00Z' },
  recurrence: at,
} as const;
