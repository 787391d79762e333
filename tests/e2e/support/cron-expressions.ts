import { steps, type CronValues } from './model/cron-instants';

const MIDNIGHT = { seconds: [0], minutes: [0], hours: [0] };
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
export const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const numbered = (names: readonly string[], first: number): [string, number][] =>
  names.map((name, n) => [name, first + n]);

/** Cron expressions, and the values that their fields allow. */
export const CRON_EXPRESSIONS: Readonly<Record<string, CronValues>> = {
  ...Object.fromEntries(
    numbered(WEEKDAYS, 0).map(([name, weekday]) => [`0 0 0 * * ${name}`, { ...MIDNIGHT, weekdays: [weekday] }]),
  ),
  ...Object.fromEntries(
    numbered(MONTHS, 1).map(([name, month]) => [
      `59 59 23 1 ${name} *`,
      { seconds: [59], minutes: [59], hours: [23], days: [1], months: [month] },
    ]),
  ),
  ...Object.fromEntries(
    steps(0, 7).map((weekday) => [`0 0 0 * * ${weekday}`, { ...MIDNIGHT, weekdays: [weekday % 7] }]),
  ),
  ...Object.fromEntries(
    steps(0, 6).map((first) => [`0 0 0 * * ${first}/2`, { ...MIDNIGHT, weekdays: steps(first, 6, 2) }]),
  ),
  ...Object.fromEntries(
    // on some of these days, a step beyond Saturday that matched Sunday would come first
    steps(1, 29, 4).map((day) => [`0 0 0 ${day} * 5/2`, { ...MIDNIGHT, days: [day], weekdays: [5] }]),
  ),
  '0 0 0 * * MON-FRI': { ...MIDNIGHT, weekdays: steps(1, 5) },
  '0 0 0 * * 5-7': { ...MIDNIGHT, weekdays: [5, 6, 0] },
  '0 0 0 * * 1-5/2': { ...MIDNIGHT, weekdays: [1, 3, 5] },
  '0 0 0 1 MAR,SEP *': { ...MIDNIGHT, days: [1], months: [3, 9] },
  '0 0 0 1 Jun-Aug *': { ...MIDNIGHT, days: [1], months: [6, 7, 8] },
  '0 0 0 1 2/5 *': { ...MIDNIGHT, days: [1], months: [2, 7, 12] },
  '*/7 * * * * *': { seconds: steps(0, 59, 7) },
  '5/20 * * * * *': { seconds: [5, 25, 45] },
  '10-50/20 * * * * *': { seconds: [10, 30, 50] },
  '59 * * * * *': { seconds: [59] },
  '0,30 */25 * * * *': { seconds: [0, 30], minutes: [0, 25, 50] },
  '30 59 * * * *': { seconds: [30], minutes: [59] },
  '0 0/30 8-10 * * *': { seconds: [0], minutes: [0, 30], hours: [8, 9, 10] },
  '0 15 */9 * * *': { seconds: [0], minutes: [15], hours: [0, 9, 18] },
  '0 0 23 * * *': { seconds: [0], minutes: [0], hours: [23] },
  '0 0 0 29 2 *': { ...MIDNIGHT, days: [29], months: [2] },
  '0 0 0 30,31 * *': { ...MIDNIGHT, days: [30, 31] },
  '0 0 0 */10 * *': { ...MIDNIGHT, days: [1, 11, 21, 31] },
  '0 0 0 13 * 5': { ...MIDNIGHT, days: [13], weekdays: [5] },
  '0 0 0 29 FEB mon': { ...MIDNIGHT, days: [29], months: [2], weekdays: [1] },
  '59 59 23 31 12 *': { seconds: [59], minutes: [59], hours: [23], days: [31], months: [12] },
  '0 0 12 ? * ?': { seconds: [0], minutes: [0], hours: [12] },
};
