import { calendarDay, DAY_MS, dayNumber, matchesDay, weekdayOf } from './recurrence-days';
import type { Frequency, RecurrenceRule } from './recurrence-rule';
import { LAST_INSTANT_MS } from './types';

const SECOND_MS = 1_000;
const UNIT_MS = { daily: DAY_MS, hourly: 3_600_000, minutely: 60_000, secondly: SECOND_MS } as const;
type SubDailyFrequency = 'hourly' | 'minutely' | 'secondly';

/**
 * Periods without an occurrence before the search ends: a century, or what takes less than 0.1 s.
 */
const MAX_EMPTY_PERIODS: Readonly<Record<Frequency, number>> = {
  yearly: 100,
  monthly: 1_200,
  weekly: 5_300,
  daily: 36_525,
  hourly: 60_000,
  minutely: 60_000,
  secondly: 60_000,
};

/** Wall times as if they were UTC: epoch ms, whole seconds. */
interface Recurrence {
  /** The first occurrence strictly after an instant; null where there is none within a century. */
  next(after: number): number | null;
}

/**
 * The occurrences of a rule from its first wall time `start` on; `until` is inclusive. Not the
 * library's: that one searches a rule without occurrences up to the year 10000, or for ever.
 */
export function recurrence(given: RecurrenceRule, start: number, until: number | null): Recurrence {
  const rule = fillFromStart(given, start);
  const search = isSubDaily(rule.freq) ? subDailySearch(rule, rule.freq, start) : calendarSearch(rule, start);
  const last = rule.count === null ? null : lastByCount(search, rule.count, start);
  const end = Math.min(until ?? LAST_INSTANT_MS, last ?? LAST_INSTANT_MS);
  return {
    next: (after) => {
      const found = search(Math.max(Math.floor(after / SECOND_MS) * SECOND_MS, start - SECOND_MS));
      return found === null || found > end ? null : found;
    },
  };
}

type Search = (after: number) => number | null;

const isSubDaily = (freq: Frequency): freq is SubDailyFrequency =>
  freq === 'hourly' || freq === 'minutely' || freq === 'secondly';

/** Filters that the rule leaves out are taken from its first wall time. */
function fillFromStart(rule: RecurrenceRule, start: number): RecurrenceRule {
  const date = new Date(start);
  const { month, day, weekday } = calendarDay(Math.floor(start / DAY_MS));
  const hasDayFilter = [rule.weekNumbers, rule.yearDays, rule.monthDays, rule.weekdays].some(
    ({ length }) => length > 0,
  );
  const orDefault = (given: readonly number[], fallback: number) => (given.length > 0 ? given : [fallback]);
  return {
    ...rule,
    ...(!hasDayFilter && rule.freq === 'yearly' && { months: orDefault(rule.months, month), monthDays: [day] }),
    ...(!hasDayFilter && rule.freq === 'monthly' && { monthDays: [day] }),
    ...(!hasDayFilter && rule.freq === 'weekly' && { weekdays: [{ nth: 0, weekday }] }),
    ...(!isSubDaily(rule.freq) && { hours: orDefault(rule.hours, date.getUTCHours()) }),
    ...((!isSubDaily(rule.freq) || rule.freq === 'hourly') && {
      minutes: orDefault(rule.minutes, date.getUTCMinutes()),
    }),
    ...(rule.freq !== 'secondly' && { seconds: orDefault(rule.seconds, date.getUTCSeconds()) }),
  };
}

function lastByCount(search: Search, count: number, start: number): number {
  let at = start - SECOND_MS;
  for (let n = 0; n < count; n++) {
    const found = search(at);
    if (found === null) break;
    at = found;
  }
  return at;
}

/** Years, months, weeks and days: the matching days of a period, each at all times of day. */
function calendarSearch(rule: RecurrenceRule, start: number): Search {
  const first = Math.floor(start / DAY_MS);
  const times = rule.hours.flatMap((hour) =>
    rule.minutes.flatMap((minute) => rule.seconds.map((second) => ((hour * 60 + minute) * 60 + second) * SECOND_MS)),
  );
  const period = PERIODS[rule.freq as keyof typeof PERIODS];
  return (after) => {
    const from = Math.max(0, period.indexOf(rule, first, Math.floor(after / DAY_MS)));
    for (let index = from; index <= from + MAX_EMPTY_PERIODS[rule.freq]; index++) {
      const [firstDay, end] = period.days(rule, first, index);
      if (firstDay * DAY_MS > LAST_INSTANT_MS) return null;
      const found = occurrencesInPeriod(rule, firstDay, end, times).find((at) => at > after && at >= start);
      if (found !== undefined) return found;
    }
    return null;
  };
}

/** All occurrences of one period, in order. */
function occurrencesInPeriod(rule: RecurrenceRule, firstDay: number, end: number, times: readonly number[]): number[] {
  const all: number[] = [];
  for (let day = firstDay; day < end; day++) {
    if (matchesDay(rule, day)) all.push(...times.map((time) => day * DAY_MS + time));
  }
  if (rule.positions.length === 0) return all;
  return all.filter((_, at) => rule.positions.includes(at + 1) || rule.positions.includes(at - all.length));
}

interface Period {
  /** `[begin, end)` of the period number `index` of a rule, in days. */
  days(rule: RecurrenceRule, first: number, index: number): [number, number];
  /** The last period that begins on or before a day, or the one before it. */
  indexOf(rule: RecurrenceRule, first: number, day: number): number;
}

const PERIODS: Readonly<Record<'yearly' | 'monthly' | 'weekly' | 'daily', Period>> = {
  yearly: {
    days: ({ interval }, first, index) => {
      const year = calendarDay(first).year + index * interval;
      return [dayNumber(year, 1, 1), dayNumber(year + 1, 1, 1)];
    },
    indexOf: ({ interval }, first, day) => Math.floor((calendarDay(day).year - calendarDay(first).year) / interval),
  },
  monthly: {
    days: ({ interval }, first, index) => {
      const { year, month } = calendarDay(first);
      return [dayNumber(year, month + index * interval, 1), dayNumber(year, month + index * interval + 1, 1)];
    },
    indexOf: ({ interval }, first, day) => {
      const [a, b] = [calendarDay(first), calendarDay(day)];
      return Math.floor(((b.year - a.year) * 12 + b.month - a.month) / interval);
    },
  },
  weekly: {
    days: ({ interval, weekStart }, first, index) => {
      const firstDay = first - ((weekdayOf(first) - weekStart + 7) % 7) + index * interval * 7;
      return [firstDay, firstDay + 7];
    },
    indexOf: ({ interval }, first, day) => Math.floor((day - first) / (interval * 7)) - 1,
  },
  daily: {
    days: ({ interval }, first, index) => [first + index * interval, first + index * interval + 1],
    indexOf: ({ interval }, first, day) => Math.floor((day - first) / interval),
  },
};

/** Hours, minutes and seconds: equal steps that skip excluded larger units as a whole. */
function subDailySearch(rule: RecurrenceRule, freq: SubDailyFrequency, start: number): Search {
  const unit = UNIT_MS[freq];
  const base = Math.floor(start / unit) * unit;
  const step = rule.interval * unit;
  const times = timesInPeriod(rule, freq);
  return (after) => {
    let at = base + Math.max(0, Math.floor((after - base) / step)) * step;
    for (let n = 0; n < MAX_EMPTY_PERIODS[freq] && at <= LAST_INSTANT_MS; n++) {
      const skipTo = excludedUntil(rule, freq, at);
      const found =
        skipTo === null ? applyPositions(rule, at, times).find((one) => one > after && one >= start) : undefined;
      if (found !== undefined) return found;
      at = skipTo === null ? at + step : base + Math.ceil((skipTo - base) / step) * step;
    }
    return null;
  };
}

/** Offsets of the occurrences within one period, ms. */
function timesInPeriod({ minutes, seconds }: RecurrenceRule, freq: SubDailyFrequency): number[] {
  if (freq === 'secondly') return [0];
  const within = freq === 'hourly' ? minutes : [0];
  return within.flatMap((minute) => seconds.map((second) => (minute * 60 + second) * SECOND_MS));
}

function applyPositions({ positions }: RecurrenceRule, at: number, times: readonly number[]): number[] {
  const selected =
    positions.length === 0
      ? times
      : times.filter((_, n) => positions.includes(n + 1) || positions.includes(n - times.length));
  return selected.map((time) => at + time);
}

/** The end of the day, hour or minute that the rule excludes; null where it includes all three. */
function excludedUntil(rule: RecurrenceRule, freq: SubDailyFrequency, at: number): number | null {
  const endOfUnit = (length: number) => (Math.floor(at / length) + 1) * length;
  const date = new Date(at);
  const excludes = (allowed: readonly number[], value: number) => allowed.length > 0 && !allowed.includes(value);
  if (!matchesDay(rule, Math.floor(at / DAY_MS))) return endOfUnit(DAY_MS);
  if (excludes(rule.hours, date.getUTCHours())) return endOfUnit(UNIT_MS.hourly);
  if (freq !== 'hourly' && excludes(rule.minutes, date.getUTCMinutes())) return endOfUnit(UNIT_MS.minutely);
  if (freq === 'secondly' && excludes(rule.seconds, date.getUTCSeconds())) return endOfUnit(SECOND_MS);
  return null;
}
