import { fc } from '../../../seeded-properties';
import { cronSchedule } from '../../../../platform/core/schedule/cron';
import { formatInstant } from '../../../../platform/core/schedule/date-time';

const AFTER = Date.UTC(2026, 10, 20, 11, 59, 59, 900);

function first(expression: string, n: number): string[] {
  const schedule = cronSchedule({ expression });
  const found: string[] = [];
  let at: number | null = AFTER;
  for (let k = 0; k < n && at !== null; k++) {
    at = schedule.next(at);
    if (at !== null) found.push(formatInstant(at).slice(0, 19));
  }
  return found;
}

test.each([
  ['29 February', '0 0 0 29 2 *', ['2028-02-29T00:00:00', '2032-02-29T00:00:00', '2036-02-29T00:00:00']],
  [
    '29 February across 2100',
    '0 0 0 29 feb mon',
    ['2044-02-29T00:00:00', '2072-02-29T00:00:00', '2112-02-29T00:00:00'],
  ],
  ['the 31st', '0 0 0 31 * *', ['2026-12-31T00:00:00', '2027-01-31T00:00:00', '2027-03-31T00:00:00']],
  ['the last day', '0 0 0 L * *', ['2026-11-30T00:00:00', '2026-12-31T00:00:00', '2027-01-31T00:00:00']],
  ['weekday and day', '0 0 0 13 * 5', ['2027-08-13T00:00:00', '2028-10-13T00:00:00', '2029-04-13T00:00:00']],
  ['Sunday as 0', '0 0 0 * * 0', ['2026-11-22T00:00:00', '2026-11-29T00:00:00']],
  ['Sunday as 7', '0 0 0 * * 7', ['2026-11-22T00:00:00', '2026-11-29T00:00:00']],
  ['Friday to Sunday', '0 0 0 * * 5-7', ['2026-11-21T00:00:00', '2026-11-22T00:00:00', '2026-11-27T00:00:00']],
  ['names', '0 0 9 * Jan MON-wed', ['2027-01-04T09:00:00', '2027-01-05T09:00:00', '2027-01-06T09:00:00']],
  ['the end of a year', '59 59 23 31 12 *', ['2026-12-31T23:59:59', '2027-12-31T23:59:59']],
  [
    'across the end of a year',
    '*/30 59 23 31 12 *',
    ['2026-12-31T23:59:00', '2026-12-31T23:59:30', '2027-12-31T23:59:00'],
  ],
  ['a step from zero', '*/7 * * * * *', ['2026-11-20T12:00:00', '2026-11-20T12:00:07', '2026-11-20T12:00:14']],
  ['a step from five', '5/15 0 * * * *', ['2026-11-20T12:00:05', '2026-11-20T12:00:20', '2026-11-20T12:00:35']],
  ['a stepped range', '10-20/5 0 12 * * *', ['2026-11-20T12:00:10', '2026-11-20T12:00:15', '2026-11-20T12:00:20']],
  ['an unsorted list', '5,3,5 0 12 * * ?', ['2026-11-20T12:00:03', '2026-11-20T12:00:05', '2026-11-21T12:00:03']],
])('%s', (_, expression, expected) => {
  expect(first(expression, expected.length)).toEqual(expected);
});

test.each(['0 0 0 31 2 *', '0 0 0 30 feb *', '0 0 0 31 4,6,9,11 *'])('no date matches %s', (expression) => {
  expect(first(expression, 1)).toEqual([]);
});

test.each([
  ['* * * * *', 'CRON_INVALID: expression has six fields, seconds first; this has 5 fields: write "0 * * * * *"'],
  ['0 0 * * SAT', 'seconds first; this has 5 fields: write "0 0 0 * * sat"'],
  [
    '0 0 0 1 1 * 2030',
    'CRON_INVALID: expression has six fields, seconds first; this has 7 fields: write second, minute, hour, day, month',
  ],
  [
    '@reboot',
    'CRON_INVALID: expression has six fields, seconds first; this has a nickname: write second, minute, hour',
  ],
  [' @Daily ', 'seconds first; this has a nickname: write "0 0 0 * * *"'],
  ['@every 5m', 'seconds first; this has a nickname: for an interval use core.intervaltimer'],
  ['', 'CRON_INVALID: expression has six fields, seconds first; this has 0 fields: write second, minute, hour'],
  ['60 * * * * *', 'CRON_INVALID: second "60" is not of 0-59'],
  ['0 0 24 * * *', 'CRON_INVALID: hour "24" is not of 0-23'],
  ['0 0 0 0 * *', 'CRON_INVALID: day "0" is not of 1-31'],
  ['0 0 0 * 13 *', 'CRON_INVALID: month "13" is not of 1-12 or jan-dec'],
  ['0 0 0 * * 8', 'CRON_INVALID: weekday "8" is not of 0-7 or sun-sat'],
  ['0 0 22-2 * * *', 'CRON_INVALID: hour "22-2" ends before it starts: write "22-23,0-2"'],
  ['0 0 0 * * SAT-SUN', 'CRON_INVALID: weekday "sat-sun" ends before it starts: write "sat,sun"'],
  ['0 0 0 * nov-feb *', 'CRON_INVALID: month "nov-feb" ends before it starts: write "nov-dec,jan-feb"'],
  ['0 */90 * * * *', 'CRON_INVALID: minute "*/90" has a step above 60, the number of its values: for every 90 minutes'],
  ['0 0 0-12/25 * * *', 'CRON_INVALID: hour "0-12/25" has a step above 24'],
  ['0 0 0 */40 * *', 'CRON_INVALID: day "*/40" has a step above 31, the number of its values: for a longer one use'],
  ['*/0 * * * * *', 'CRON_INVALID: second "*/0" has the step 0: write one of at least 1'],
  ['0 5-1/2 * * * *', 'CRON_INVALID: minute "5-1/2" ends before it starts: write "5-59/2,1"'],
  ['0 0 20-3/5 * * *', 'CRON_INVALID: hour "20-3/5" ends before it starts: write "20-23/5,1-3/5"'],
  ['0 0 23-0/3 * * *', 'CRON_INVALID: hour "23-0/3" ends before it starts: write "23"'],
  ['0 0 0 28-3/2 * *', 'CRON_INVALID: day "28-3/2" ends before it starts: write "28-31/2,1-3/2"'],
  ['0 0 0 * * 6-0', 'CRON_INVALID: weekday "6-0" ends before it starts: write "6,0"'],
  ['0 0 0 * * fri-tue/2', 'CRON_INVALID: weekday "fri-tue/2" ends before it starts: write "fri-sat/2,sun-tue/2"'],
  ['0 ? * * * *', 'CRON_INVALID: minute "?" is not of 0-59: write "*"'],
  ['0 0 0 * * 5l', 'CRON_INVALID: weekday "5l" is not of 0-7 or sun-sat: for such a day use core.rruletimer'],
  ['0 0 0 * * mon#2', 'CRON_INVALID: weekday "mon#2" is not of 0-7 or sun-sat'],
  ['a b c d e f', 'CRON_INVALID: second "a" is not of 0-59'],
  ['-1 * * * * *', 'CRON_INVALID: second "-1" is not of 0-59'],
  ['1e1 * * * * *', 'CRON_INVALID: second "1e1" is not of 0-59'],
])('%s is rejected with its field', (expression, message) => {
  expect(() => cronSchedule({ expression })).toThrow(message);
});

test.each(['Mars/Olympus', '', 'Europe/Nowhere'])('zone %s is rejected', (timezone) => {
  const message = `CRON_INVALID: timezone ${JSON.stringify(timezone)} is no IANA zone`;
  expect(() => cronSchedule({ expression: '* * * * * *', timezone })).toThrow(message);
});

const field = (most: number, least = 0) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: least, max: most }).map(String),
    fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`),
    fc
      .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  );
const expressions = fc
  .tuple(field(59), field(59), field(23), field(28, 1), field(12, 1), field(6))
  .map((f) => f.join(' '));
const zones = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu');

test('the next occurrence is the first strictly after an instant', () => {
  const instants = fc.double({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0), noNaN: true });
  fc.assert(
    fc.property(
      expressions,
      zones,
      instants,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (expression, timezone, after, part) => {
        const schedule = cronSchedule({ expression, timezone });
        const next = schedule.next(after);
        if (next === null) return;
        expect(next).toBeGreaterThan(after);
        expect(next % 1_000).toBe(0);
        // Rounding to microseconds must not make the instant in between the next one.
        const between = Math.max(after, Math.min(after + (next - after) * part, next - 0.001));
        expect(schedule.next(between)).toBe(next);
        expect(schedule.next(next - 1)).toBe(next);
        expect(schedule.next(next) ?? Infinity).toBeGreaterThan(next);
      },
    ),
    { numRuns: 300 },
  );
});
