/** The values that each field of a cron expression allows; a field that is absent allows all. */
export interface CronValues {
  readonly seconds?: readonly number[];
  readonly minutes?: readonly number[];
  readonly hours?: readonly number[];
  readonly days?: readonly number[];
  /** 1 is January. */
  readonly months?: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays?: readonly number[];
}

const DAY_MS = 24 * 60 * 60_000;
/** 29 February, on a given weekday, comes within 40 years. */
const MAX_DAYS = 40 * 366;

/** `from`, `from + step`, … up to `to`. */
export const steps = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, n) => from + n * step);

/**
 * The first whole second after an instant at which all fields match, in UTC, epoch ms. Throws
 * RangeError if none comes in 40 years.
 */
export function firstInstant(values: CronValues, after: number): number {
  const { seconds = steps(0, 59), minutes = steps(0, 59), hours = steps(0, 23) } = values;
  const times = hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => ((hour * 60 + minute) * 60 + second) * 1_000)),
  );
  const midnight = Math.floor(after / DAY_MS) * DAY_MS;
  for (let day = 0; day < MAX_DAYS; day++) {
    const dayMs = midnight + day * DAY_MS;
    const time = matchesDay(values, new Date(dayMs)) ? times.find((ms) => dayMs + ms > after) : undefined;
    if (time !== undefined) return dayMs + time;
  }
  throw new RangeError(`no instant within ${MAX_DAYS} days`);
}

const matchesDay = ({ days, months, weekdays }: CronValues, date: Date): boolean =>
  (days?.includes(date.getUTCDate()) ?? true) &&
  (months?.includes(date.getUTCMonth() + 1) ?? true) &&
  (weekdays?.includes(date.getUTCDay()) ?? true);
