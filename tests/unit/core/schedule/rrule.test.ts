import { fc } from '../../../seeded-properties';
import { RRule, rrulestr } from 'rrule';
import type { JsonObject } from '../../../../contract/json';
import { formatInstant } from '../../../../platform/core/schedule/date-time';
import { rruleSchedule } from '../../../../platform/core/schedule/rrule';
import { comparableMs } from '../../processor-time';

function first(params: JsonObject, n: number, after = Date.UTC(2019, 0)): string[] {
  const schedule = rruleSchedule(params);
  const found: string[] = [];
  let at: number | null = after;
  for (let k = 0; k < n && at !== null; k++) {
    at = schedule.next(at);
    if (at !== null) found.push(formatInstant(at).slice(0, 19));
  }
  return found;
}

const NY = { timezone: 'America/New_York' };

test.each([
  [
    'dtstart is the first occurrence',
    { dtstart: '2026-01-01T09:00:00', freq: 'daily' },
    ['2026-01-01T09:00:00', '2026-01-02T09:00:00'],
  ],
  [
    'a fraction of dtstart is rounded up',
    { dtstart: '2026-01-01T09:00:00.001Z', freq: 'secondly' },
    ['2026-01-01T09:00:01', '2026-01-01T09:00:02'],
  ],
  [
    'the count includes dtstart',
    { dtstart: '2026-01-01T09:00:00', freq: 'DAILY', count: 2 },
    ['2026-01-01T09:00:00', '2026-01-02T09:00:00'],
  ],
  [
    'until is inclusive',
    { dtstart: '2026-01-01T09:00:00Z', rule: 'FREQ=DAILY;UNTIL=20260102T090000Z' },
    ['2026-01-01T09:00:00', '2026-01-02T09:00:00'],
  ],
  [
    '29 February occurs in leap years',
    { dtstart: '2024-02-29T00:00:00', freq: 'yearly' },
    ['2024-02-29T00:00:00', '2028-02-29T00:00:00', '2032-02-29T00:00:00'],
  ],
  [
    'months without a 31st are skipped',
    { dtstart: '2026-01-31T00:00:00', freq: 'monthly' },
    ['2026-01-31T00:00:00', '2026-03-31T00:00:00', '2026-05-31T00:00:00'],
  ],
  [
    'the last Friday',
    { dtstart: '2026-01-01T18:00:00', freq: 'monthly', by_day: ['-1FR'] },
    ['2026-01-30T18:00:00', '2026-02-27T18:00:00'],
  ],
  [
    'the last workday',
    { dtstart: '2026-01-01T00:00:00', rule: 'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1' },
    ['2026-01-30T00:00:00', '2026-02-27T00:00:00', '2026-03-31T00:00:00'],
  ],
  [
    'a skipped time: the first instant after',
    { ...NY, dtstart: '2026-03-07T02:30:00', freq: 'daily', count: 3 },
    ['2026-03-07T07:30:00', '2026-03-08T07:00:00', '2026-03-09T06:30:00'],
  ],
  [
    'a repeated time: the first of both',
    { ...NY, dtstart: '2026-10-31T01:30:00', freq: 'daily', count: 3 },
    ['2026-10-31T05:30:00', '2026-11-01T05:30:00', '2026-11-02T06:30:00'],
  ],
  [
    'an instant is converted to the wall time of the zone',
    { ...NY, dtstart: '2026-07-01T12:00:00Z', freq: 'monthly', interval: 6 },
    ['2026-07-01T12:00:00', '2027-01-01T13:00:00'],
  ],
])('%s', (_, params, expected) => {
  expect(first(params, expected.length)).toEqual(expected);
});

test('an ended recurrence has no next occurrence', () => {
  expect(first({ dtstart: '2026-01-01T09:00:00', freq: 'daily', count: 2 }, 5)).toHaveLength(2);
  expect(first({ dtstart: '2026-01-01T09:00:00', freq: 'daily', until: '2026-01-03' }, 5)).toHaveLength(3);
});

test.each([
  [{ freq: 'daily' }, 'RRULE_INVALID: dtstart is a date and time such as 2030-01-31T08:00:00, from 1900 on'],
  [
    { dtstart: '2026-01-01T00:00:00' },
    'RRULE_INVALID: freq is one of yearly, monthly, weekly, daily, hourly, minutely, secondly',
  ],
  [
    { dtstart: '2026-01-01T00:00:00', freq: 'daily', interval: 0 },
    'RRULE_INVALID: interval is a whole number of 1-2147483647',
  ],
  [{ dtstart: '2026-01-01T00:00:00', freq: 'daily', count: 1e9 }, 'RRULE_INVALID: count is a whole number of 1-10000'],
  [{ dtstart: '2026-01-01T00:00:00', freq: 'daily', by_hour: [24] }, 'RRULE_INVALID: byhour has 24, not of 0-23'],
  [
    { dtstart: '2026-01-01T00:00:00', freq: 'daily', by_day: ['XX'] },
    'RRULE_INVALID: by_day has "XX": write MO, or -1FR for the last Friday',
  ],
  [
    { dtstart: '2026-01-01T00:00:00', freq: 'daily', by_day: ['2MO'] },
    'RRULE_INVALID: by_day has numbers with freq monthly or yearly only',
  ],
  [
    { dtstart: '2026-01-01T00:00:00', rule: 'EVERY DAY' },
    'RRULE_INVALID: rule has "EVERY DAY": write FREQ=DAILY;INTERVAL=2',
  ],
  [
    { dtstart: '2026-01-01T00:00:00', rule: 'FREQ=DAILY;BYDAYS=MO' },
    'RRULE_INVALID: rule has "BYDAYS", not one of FREQ, INTERVAL, COUNT, UNTIL, WKST, BYMONTH',
  ],
  [{ dtstart: '2026-01-01T00:00:00', freq: 'daily', until: 'soon' }, 'RRULE_INVALID: until "soon" is no date and time'],
  [
    { dtstart: '2026-01-01T00:00:00', freq: 'daily', timezone: 'Mars/X' },
    'RRULE_INVALID: timezone "Mars/X" is no IANA zone',
  ],
])('%j is rejected', (params, message) => {
  expect(() => rruleSchedule(params)).toThrow(message);
});

test.each([
  'FREQ=SECONDLY;INTERVAL=2;BYSECOND=1',
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31',
  'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=MINUTELY;INTERVAL=60;BYMINUTE=7;BYHOUR=3',
  'FREQ=HOURLY;INTERVAL=24;BYHOUR=5',
])('%s has no occurrences, found within a second', (rule) => {
  const find = () => expect(first({ dtstart: '2026-01-01T00:00:00', rule }, 1)).toEqual([]);
  expect(comparableMs(find, 1_000)).toBeLessThan(1_000);
});

/**
 * The library finds the same occurrences; it is not used because it hangs where there are none.
 */
describe('the occurrences equal those of the library', () => {
  const subset = (values: readonly (string | number)[], most: number) =>
    fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: most }), {
      nil: undefined,
      freq: 1,
    });
  const numbers = (least: number, most: number) => Array.from({ length: most - least + 1 }, (_, n) => least + n);
  const rules = fc.record({
    FREQ: fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'),
    INTERVAL: fc.integer({ min: 1, max: 5 }),
    WKST: fc.constantFrom('MO', 'SU', 'WE'),
    BYMONTH: subset(numbers(1, 12), 4),
    BYMONTHDAY: subset([1, 2, 13, 28, 31, -1, -3], 4),
    BYDAY: subset(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'], 4),
    BYHOUR: subset([0, 6, 9, 23], 3),
    BYMINUTE: subset([0, 15, 59], 3),
    COUNT: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  });

  test('for any rule that has occurrences', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 0, max: 4 * 365 * 86_400 }), (parts, seconds) => {
        const start = Date.UTC(2024, 0, 1) + seconds * 1_000;
        const named = Object.entries(parts).filter(([, value]) => value !== undefined);
        const rule = named.map(([key, value]) => `${key}=${String(value)}`).join(';');
        const dtstart = formatInstant(start).replace('.000000', '');
        const own = first({ dtstart, rule }, 6, start - 1_000);
        if (own.length === 0) return; // nothing to compare, and the library would hang
        const oracle = rrulestr(`RRULE:${rule}`, { dtstart: new Date(start) });
        const theirs: string[] = [];
        for (let at: Date | null = new Date(start - 1_000), n = 0; n < own.length && at; n++) {
          at = oracle.after(at, false);
          if (at) theirs.push(formatInstant(at.getTime()).slice(0, 19));
        }
        expect({ rule, dtstart, found: own }).toEqual({ rule, dtstart, found: theirs });
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    'FREQ=YEARLY;BYWEEKNO=1,53,-1;BYDAY=MO',
    'FREQ=YEARLY;BYYEARDAY=1,60,-1',
    'FREQ=YEARLY;BYDAY=20MO,-1SU',
    'FREQ=YEARLY;BYMONTH=3,11;BYDAY=2SU,1SU',
  ])('for %s', (rule) => {
    const start = Date.UTC(2024, 0, 1, 10);
    const theirs = new RRule({ ...RRule.parseString(rule), dtstart: new Date(start) }).all((_, n) => n < 20);
    expect(first({ dtstart: '2024-01-01T10:00:00Z', rule }, 20, start - 1)).toEqual(
      theirs.map((at) => formatInstant(at.getTime()).slice(0, 19)),
    );
  });
});
