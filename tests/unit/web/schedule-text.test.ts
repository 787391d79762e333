import { scheduleText } from '../../../web/platform/schedule-text';

const cronFields = (expression: string) =>
  scheduleText('core.crontimer', { expression })?.fields.map(([, value]) => value);

test('an interval and a date are one sentence', () => {
  const interval = (unit: string, count: number) =>
    scheduleText('core.intervaltimer', { unit, interval: count })?.summary;

  expect([interval('minutes', 5), interval('hours', 1), interval('seconds', 0.5)]).toEqual([
    'every 5 minutes',
    'every hour',
    'every 0.5 seconds',
  ]);
  expect(scheduleText('core.datetimetimer', { fire_at: '2027-01-01T00:00:00Z' })?.summary).toBe(
    'once, at 2027-01-01T00:00:00Z',
  );
});

test('a cron timer at one time of day is a sentence, others have their fields', () => {
  const nightly = { expression: '0 30 2 * * *', timezone: 'Europe/Berlin' };

  expect(scheduleText('core.crontimer', nightly)?.summary).toBe('each day at 02:30:00, Europe/Berlin');
  expect(scheduleText('core.crontimer', { expression: '0 */15 9 * * 1-5' })?.summary).toBe(
    'cron 0 */15 9 * * 1-5, UTC',
  );
  expect(cronFields('0 */15 9-17 L jan,7 1-5')).toEqual([
    '0',
    'every 15 minutes',
    '9 to 17',
    'the last day of the month',
    'January, July',
    'Monday to Friday',
  ]);
  expect(cronFields('* * * * * ?')?.at(-1)).toBe('every day of the week');
  expect(cronFields('5/20 10-40/5 * ? dec 0,sat')).toEqual([
    'every 20 seconds from 5 on',
    'every 5 minutes from 10 to 40',
    'every hour',
    'every day',
    'December',
    'Sunday, Saturday',
  ]);
});

test('a recurrence has its rule, or its period and filters', () => {
  const dtstart = '2027-01-04T09:00:00';

  expect(scheduleText('core.rruletimer', { dtstart, rule: 'FREQ=MONTHLY;BYDAY=-1FR' })).toEqual({
    summary: 'FREQ=MONTHLY;BYDAY=-1FR from 2027-01-04T09:00:00 on, UTC',
    fields: [],
  });
  expect(
    scheduleText('core.rruletimer', { dtstart, freq: 'WEEKLY', interval: 2, by_day: ['MO', 'WE'], count: 8 }),
  ).toEqual({
    summary: 'every 2 weeks from 2027-01-04T09:00:00 on, UTC',
    fields: [
      ['by day', 'MO, WE'],
      ['count', '8'],
    ],
  });
});

test('parameters without a schedule have no text', () => {
  expect([scheduleText('core.crontimer', { expression: '* * *' }), scheduleText('core.alert', {})]).toEqual([
    null,
    null,
  ]);
});
