import type { RecurrenceRule } from './recurrence-rule';

/** Days are numbered from 1970-01-01. */
export const DAY_MS = 86_400_000;

interface CalendarDay {
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

/** `value` is a position from the start or, negative, from the end of `size`. */
const matchesPosition = (positions: readonly number[], value: number, size: number): boolean =>
  positions.includes(value) || positions.includes(value - size - 1);

/** Whether the rule includes this day. An empty filter includes every day. */
export function matchesDay(rule: RecurrenceRule, number: number): boolean {
  const { year, month, day } = calendarDay(number);
  if (rule.months.length > 0 && !rule.months.includes(month)) return false;
  const monthDays = dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
  if (rule.monthDays.length > 0 && !matchesPosition(rule.monthDays, day, monthDays)) return false;
  const january = dayNumber(year, 1, 1);
  const yearDays = dayNumber(year + 1, 1, 1) - january;
  if (rule.yearDays.length > 0 && !matchesPosition(rule.yearDays, number - january + 1, yearDays)) return false;
  if (rule.weekNumbers.length > 0 && !matchesWeek(rule, number, year)) return false;
  if (rule.weekdays.length === 0) return true;
  const inMonth = rule.freq === 'monthly' || rule.months.length > 0;
  const position = inMonth ? { at: day, of: monthDays } : { at: number - january + 1, of: yearDays };
  return matchesWeekday(rule, weekdayOf(number), position);
}

function matchesWeekday(
  { weekdays }: RecurrenceRule,
  weekdayIndex: number,
  { at, of }: { readonly at: number; readonly of: number },
): boolean {
  const nth = Math.ceil(at / 7);
  const nthFromBack = -Math.ceil((of - at + 1) / 7);
  return weekdays.some((entry) => entry.weekday === weekdayIndex && [0, nth, nthFromBack].includes(entry.nth));
}

/** A week belongs to the year with at least four of its days. */
function matchesWeek({ weekNumbers, weekStart }: RecurrenceRule, number: number, year: number): boolean {
  const first = firstWeekStart(year, weekStart);
  const following = firstWeekStart(year + 1, weekStart);
  const start = number < first ? firstWeekStart(year - 1, weekStart) : number >= following ? following : first;
  const end = start === first ? following : number < first ? first : firstWeekStart(year + 2, weekStart);
  return matchesPosition(weekNumbers, Math.floor((number - start) / 7) + 1, (end - start) / 7);
}

function firstWeekStart(year: number, weekStart: number): number {
  const fourth = dayNumber(year, 1, 4);
  return fourth - ((weekdayOf(fourth) - weekStart + 7) % 7);
}
