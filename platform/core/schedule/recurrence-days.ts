import type { RecurrenceRule } from './recurrence-rule';

/** Days are counted from 1970-01-01. */
export const DAY_MS = 86_400_000;

export interface CalendarDay {
  readonly year: number;
  /** 1-12. */
  readonly month: number;
  readonly day: number;
  /** 0 is Monday. */
  readonly weekday: number;
}

export const dayNumber = (year: number, month: number, day: number): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.floor(date.getTime() / DAY_MS);
};

export const calendarDay = (number: number): CalendarDay => {
  const date = new Date(number * DAY_MS);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: weekdayOf(number),
  };
};

/** 1970-01-01 was a Thursday. */
export const weekdayOf = (number: number): number => (((number + 3) % 7) + 7) % 7;

/** `value` counts from the front or, negative, from the back of `size`. */
const isAt = (wanted: readonly number[], value: number, size: number): boolean =>
  wanted.includes(value) || wanted.includes(value - size - 1);

/** Does the rule take this day? The filters that are empty take every day. */
export function takesDay(rule: RecurrenceRule, number: number): boolean {
  const { year, month, day } = calendarDay(number);
  if (rule.months.length > 0 && !rule.months.includes(month)) return false;
  const monthDays = dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
  if (rule.monthDays.length > 0 && !isAt(rule.monthDays, day, monthDays)) return false;
  const january = dayNumber(year, 1, 1);
  const yearDays = dayNumber(year + 1, 1, 1) - january;
  if (rule.yearDays.length > 0 && !isAt(rule.yearDays, number - january + 1, yearDays)) return false;
  if (rule.weekNumbers.length > 0 && !takesWeek(rule, number, year)) return false;
  if (rule.weekdays.length === 0) return true;
  const inMonth = rule.freq === 'monthly' || rule.months.length > 0;
  const place = inMonth ? { at: day, of: monthDays } : { at: number - january + 1, of: yearDays };
  return takesWeekday(rule, weekdayOf(number), place);
}

function takesWeekday(
  { weekdays }: RecurrenceRule,
  own: number,
  { at, of }: { readonly at: number; readonly of: number },
): boolean {
  const nth = Math.ceil(at / 7);
  const nthFromBack = -Math.ceil((of - at + 1) / 7);
  return weekdays.some((wanted) => wanted.weekday === own && [0, nth, nthFromBack].includes(wanted.nth));
}

/** Weeks belong to the year that has four of their days. */
function takesWeek({ weekNumbers, weekStart }: RecurrenceRule, number: number, year: number): boolean {
  const first = firstWeek(year, weekStart);
  const following = firstWeek(year + 1, weekStart);
  const start = number < first ? firstWeek(year - 1, weekStart) : number >= following ? following : first;
  const end = start === first ? following : number < first ? first : firstWeek(year + 2, weekStart);
  return isAt(weekNumbers, Math.floor((number - start) / 7) + 1, (end - start) / 7);
}

function firstWeek(year: number, weekStart: number): number {
  const fourth = dayNumber(year, 1, 4);
  return fourth - ((weekdayOf(fourth) - weekStart + 7) % 7);
}
