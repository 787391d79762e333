import type { JsonObject } from '../../../../contract/json';

/** Parameters of a recurrence, and its occurrences; what has no time is at 9:00. */
type RecurrenceRow = readonly [params: JsonObject, occurrences: string];

/** From which the clock is moved, and to which: a leap year. */
export const PERIOD = { from: '2028-01-01T00:00:00Z', to: '2028-05-01T00:00:00Z' };

const from = (dtstart: string, more: JsonObject): JsonObject => ({ dtstart, ...more });

/** Each form of an end that the second of two occurrences does not exceed. */
const endingWeekly = (...ends: readonly string[]): RecurrenceRow[] =>
  ends.map((until) => [from('2028-01-03T09:00:00Z', { freq: 'weekly', until }), '01-03 01-10']);

export const RECURRENCES: readonly RecurrenceRow[] = [
  [from('2028-01-30T09:00:00Z', { freq: 'daily', count: 3 }), '01-30 01-31 02-01'],
  [from('2028-02-27T09:00:00', { freq: 'daily', interval: 2, count: 3 }), '02-27 02-29 03-02'],
  [from('2028-01-03T09:00:00Z', { freq: 'weekly', until: '2028-01-17T09:00:00Z' }), '01-03 01-10 01-17'],
  [from('2028-01-04T09:00:00Z', { freq: 'weekly', by_day: 'MO,WE', count: 4 }), '01-05 01-10 01-12 01-17'],
  [from('2028-01-02T09:00:00Z', { freq: 'weekly', interval: 2, by_day: 'SU,TU', count: 4 }), '01-02 01-11 01-16 01-25'],
  [
    from('2028-01-02T09:00:00Z', { freq: 'weekly', interval: 2, by_day: 'SU,TU', count: 4, week_start: 'SU' }),
    '01-02 01-04 01-16 01-18',
  ],
  [from('2028-01-31T09:00:00Z', { freq: 'monthly', by_day: '-1MO', count: 4 }), '01-31 02-28 03-27 04-24'],
  [from('2028-01-31T09:00:00Z', { freq: 'monthly', by_month_day: -1, count: 3 }), '01-31 02-29 03-31'],
  [from('2028-01-31T09:00:00Z', { freq: 'monthly', count: 2 }), '01-31 03-31'],
  [from('2028-01-05T09:00:00Z', { freq: 'monthly', by_day: 'MO,TU', by_set_pos: 2, count: 3 }), '02-07 03-07 04-04'],
  [from('2028-01-05T09:00:00Z', { freq: 'monthly', by_day: 'MO,TU', by_set_pos: -1, count: 3 }), '01-31 02-29 03-28'],
  [
    from('2028-01-03T09:00:00Z', { freq: 'daily', by_hour: [7, 9, 11], by_set_pos: [1, -1], count: 3 }),
    '01-03T11:00:00 01-04T07:00:00 01-04T11:00:00',
  ],
  [
    from('2028-01-03T09:00:00Z', { freq: 'hourly', by_minute: [10, 20, 50], by_set_pos: -1, count: 2 }),
    '01-03T09:50:00 01-03T10:50:00',
  ],
  [from('2028-02-29T09:00:00Z', { freq: 'yearly', by_year_day: 60, count: 1 }), '02-29'],
  [from('2028-01-03T09:00:00Z', { freq: 'yearly', by_year_day: -306, count: 1 }), '03-01'],
  [from('2028-01-03T09:00:00Z', { freq: 'yearly', by_week_no: -50, by_day: 'TH', count: 1 }), '01-20'],
  [from('2028-01-03T09:00:00Z', { freq: 'yearly', by_day: '10MO', count: 1 }), '03-06'],
  [from('2028-01-03T09:00:00Z', { freq: 'yearly', by_month: 2, by_day: '2TU', count: 1 }), '02-08'],
  [from('2028-01-03T09:00:00Z', { freq: 'yearly', by_week_no: 2, by_day: 'TH', count: 1 }), '01-13'],
  [from('2028-01-03T09:00:00Z', { freq: 'daily', by_month: 4, by_month_day: [2, 3] }), '04-02 04-03'],
  [
    from('2028-01-03T09:00:00Z', { freq: 'daily', by_hour: [7, 9], by_minute: 30, by_second: 15, count: 3 }),
    '01-03T09:30:15 01-04T07:30:15 01-04T09:30:15',
  ],
  [from('2028-01-03T09:00:00Z', { freq: 'hourly', interval: 30, count: 2 }), '01-03 01-04T15:00:00'],
  [from('2028-01-03T09:00:00Z', { freq: 'minutely', interval: 90, count: 2 }), '01-03 01-03T10:30:00'],
  [from('2028-01-03T09:00:00Z', { freq: 'secondly', interval: 45, count: 2 }), '01-03 01-03T09:00:45'],
  [from('2028-01-03T09:00:00Z', { rule: 'FREQ=DAILY;INTERVAL=10;COUNT=3' }), '01-03 01-13 01-23'],
  [from('2028-01-03T09:00:00', { freq: 'daily', count: 2, timezone: 'Asia/Kolkata' }), '01-03T03:30:00 01-04T03:30:00'],
  [from('2028-01-03T08:59:59.5Z', { freq: 'daily', count: 1 }), '01-03'],
  ...endingWeekly('2028-01-10T09:00:00', '2028-01-10T09:00:00Z', '2028-01-10T10:00:00+01:00', '2028-01-10', '20280110'),
  ...['20280110T090000', '20280110T090000Z', '20280110'].map((until): RecurrenceRow => [
    from('2028-01-03T09:00:00Z', { rule: `FREQ=WEEKLY;UNTIL=${until}` }),
    '01-03 01-10',
  ]),
  [from('2028-01-03T09:00:00Z', { freq: 'weekly', until: '2028-01-10T08:59:59Z' }), '01-03'],
  [from('2028-01-03T09:00:00Z', { rule: 'FREQ=WEEKLY;UNTIL=20280110T085959Z' }), '01-03'],
  [
    from('2028-01-03T23:30:00', { freq: 'weekly', until: '2028-01-10', timezone: 'Asia/Kolkata' }),
    '01-03T18:00:00 01-10T18:00:00',
  ],
  [from('2028-01-03T03:30:00Z', { freq: 'daily', count: 1, timezone: 'Asia/Kolkata' }), '01-03T03:30:00'],
];
