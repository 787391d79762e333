import { calendarDay, DAY_MS, dayNumber, takesDay, weekdayOf } from './recurrence-days';
import type { Frequency, RecurrenceRule } from './recurrence-rule';
import { LAST_INSTANT } from './types';

const SECOND = 1_000;
const LENGTH = { daily: DAY_MS, hourly: 3_600_000, minutely: 60_000, secondly: SECOND } as const;
type Short = 'hourly' | 'minutely' | 'secondly';

/** Periods without an occurrence that are looked through: a century of them, or what takes less than 0.1 s. */
const MOST_EMPTY: Readonly<Record<Frequency, number>> = {
  yearly: 100,
  monthly: 1_200,
  weekly: 5_300,
  daily: 36_525,
  hourly: 60_000,
  minutely: 60_000,
  secondly: 60_000,
};

/** Wall times, as if they were UTC, epoch ms, whole seconds. */
export interface Recurrence {
  /** The first strictly after; null where there is none, or none within a century. */
  next(after: number): number | null;
}

/**
 * What a rule makes of its first wall time. It counts from `start` and nothing before `start` belongs to it; `until` is
 * inclusive. Ours and not the library's: that one searches a rule that matches nothing up to the year 10000, or for ever.
 */
export function recurrence(given: RecurrenceRule, start: number, until: number | null): Recurrence {
  const rule = completed(given, start);
  const search = isShort(rule.freq) ? shortSearch(rule, rule.freq, start) : longSearch(rule, start);
  const last = rule.count === null ? null : lastCounted(search, rule.count, start);
  const end = Math.min(until ?? LAST_INSTANT, last ?? LAST_INSTANT);
  return {
    next: (after) => {
      const found = search(Math.max(Math.floor(after / SECOND) * SECOND, start - SECOND));
      return found === null || found > end ? null : found;
    },
  };
}

type Search = (after: number) => number | null;

const isShort = (freq: Frequency): freq is Short => freq === 'hourly' || freq === 'minutely' || freq === 'secondly';

/** What a rule leaves open is as its first wall time is. */
function completed(rule: RecurrenceRule, start: number): RecurrenceRule {
  const date = new Date(start);
  const { month, day, weekday } = calendarDay(Math.floor(start / DAY_MS));
  const namesDays = [rule.weekNumbers, rule.yearDays, rule.monthDays, rule.weekdays].some(({ length }) => length > 0);
  const or = (given: readonly number[], own: number) => (given.length > 0 ? given : [own]);
  return {
    ...rule,
    ...(!namesDays && rule.freq === 'yearly' && { months: or(rule.months, month), monthDays: [day] }),
    ...(!namesDays && rule.freq === 'monthly' && { monthDays: [day] }),
    ...(!namesDays && rule.freq === 'weekly' && { weekdays: [{ nth: 0, weekday }] }),
    ...(!isShort(rule.freq) && { hours: or(rule.hours, date.getUTCHours()) }),
    ...((!isShort(rule.freq) || rule.freq === 'hourly') && { minutes: or(rule.minutes, date.getUTCMinutes()) }),
    ...(rule.freq !== 'secondly' && { seconds: or(rule.seconds, date.getUTCSeconds()) }),
  };
}

function lastCounted(search: Search, count: number, start: number): number {
  let at = start - SECOND;
  for (let n = 0; n < count; n++) {
    const found = search(at);
    if (found === null) break;
    at = found;
  }
  return at;
}

/** Years, months, weeks and days: the days of a period that the rule takes, each at its times of day. */
function longSearch(rule: RecurrenceRule, start: number): Search {
  const first = Math.floor(start / DAY_MS);
  const times = rule.hours.flatMap((hour) =>
    rule.minutes.flatMap((minute) => rule.seconds.map((second) => ((hour * 60 + minute) * 60 + second) * SECOND)),
  );
  const period = PERIODS[rule.freq as keyof typeof PERIODS];
  return (after) => {
    const from = Math.max(0, period.indexOf(rule, first, Math.floor(after / DAY_MS)));
    for (let index = from; index <= from + MOST_EMPTY[rule.freq]; index++) {
      const [begin, end] = period.days(rule, first, index);
      if (begin * DAY_MS > LAST_INSTANT) return null;
      const found = chosen(rule, begin, end, times).find((at) => at > after && at >= start);
      if (found !== undefined) return found;
    }
    return null;
  };
}

/** All occurrences of one period, in order. */
function chosen(rule: RecurrenceRule, begin: number, end: number, times: readonly number[]): number[] {
  const all: number[] = [];
  for (let day = begin; day < end; day++) {
    if (takesDay(rule, day)) all.push(...times.map((time) => day * DAY_MS + time));
  }
  if (rule.positions.length === 0) return all;
  return all.filter((_, at) => rule.positions.includes(at + 1) || rule.positions.includes(at - all.length));
}

interface Period {
  /** `[begin, end)` of the so-many-th period of a rule, in days. */
  days(rule: RecurrenceRule, first: number, index: number): [number, number];
  /** The last period that begins on or before a day, or the one before that. */
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
      const begin = first - ((weekdayOf(first) - weekStart + 7) % 7) + index * interval * 7;
      return [begin, begin + 7];
    },
    indexOf: ({ interval }, first, day) => Math.floor((day - first) / (interval * 7)) - 1,
  },
  daily: {
    days: ({ interval }, first, index) => [first + index * interval, first + index * interval + 1],
    indexOf: ({ interval }, first, day) => Math.floor((day - first) / interval),
  },
};

/** Hours, minutes and seconds: steps of one length, passing over what the larger units rule out as a whole. */
function shortSearch(rule: RecurrenceRule, freq: Short, start: number): Search {
  const unit = LENGTH[freq];
  const base = Math.floor(start / unit) * unit;
  const step = rule.interval * unit;
  const times = timesWithin(rule, freq);
  return (after) => {
    let at = base + Math.max(0, Math.floor((after - base) / step)) * step;
    for (let n = 0; n < MOST_EMPTY[freq] && at <= LAST_INSTANT; n++) {
      const over = ruledOutUntil(rule, freq, at);
      const found = over === null ? positioned(rule, at, times).find((one) => one > after && one >= start) : undefined;
      if (found !== undefined) return found;
      at = over === null ? at + step : base + Math.ceil((over - base) / step) * step;
    }
    return null;
  };
}

/** Offsets of the occurrences within one period, ms. */
function timesWithin({ minutes, seconds }: RecurrenceRule, freq: Short): number[] {
  if (freq === 'secondly') return [0];
  const within = freq === 'hourly' ? minutes : [0];
  return within.flatMap((minute) => seconds.map((second) => (minute * 60 + second) * SECOND));
}

function positioned({ positions }: RecurrenceRule, at: number, times: readonly number[]): number[] {
  const kept =
    positions.length === 0
      ? times
      : times.filter((_, n) => positions.includes(n + 1) || positions.includes(n - times.length));
  return kept.map((time) => at + time);
}

/** The end of the day, hour or minute that the rule does not take; null where it takes all three. */
function ruledOutUntil(rule: RecurrenceRule, freq: Short, at: number): number | null {
  const ends = (length: number) => (Math.floor(at / length) + 1) * length;
  const date = new Date(at);
  const excludes = (wanted: readonly number[], value: number) => wanted.length > 0 && !wanted.includes(value);
  if (!takesDay(rule, Math.floor(at / DAY_MS))) return ends(DAY_MS);
  if (excludes(rule.hours, date.getUTCHours())) return ends(LENGTH.hourly);
  if (freq !== 'hourly' && excludes(rule.minutes, date.getUTCMinutes())) return ends(LENGTH.minutely);
  if (freq === 'secondly' && excludes(rule.seconds, date.getUTCSeconds())) return ends(SECOND);
  return null;
}
