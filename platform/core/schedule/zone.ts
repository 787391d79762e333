/** A period with one UTC offset: `[from, until)`, epoch ms. */
interface OffsetPeriod {
  readonly from: number;
  readonly until: number;
  /** Wall clock minus UTC, ms. */
  readonly offsetMs: number;
  /** The offset of the period before. */
  readonly previousOffset: number;
}

export interface Zone {
  readonly name: string;
  /** The period that contains an instant. */
  periodAt(instant: number): OffsetPeriod;
}

const UTC_NAMES = new Set(['UTC', 'ETC/UTC', 'Z', 'GMT', 'ETC/GMT']);
const UTC_PERIOD: OffsetPeriod = { from: -Infinity, until: Infinity, offsetMs: 0, previousOffset: 0 };
/** No zone changes its clock twice within this time, ms. */
const SEARCH_STEP_MS = 4 * 86_400_000;
/** A zone without another change for so many steps (six years) is taken to keep its offset. */
const MAX_SEARCH_STEPS = 550;

const zoneCache = new Map<string, Zone>();
/** The cache is cleared when it is full. There are some 600 zone names. */
const MAX_CACHED_ZONES = 700;

/** The rules of an IANA zone; null for an unknown name. */
export function findZone(name: string): Zone | null {
  const cached = zoneCache.get(name);
  if (cached) return cached;
  const created = UTC_NAMES.has(name.toUpperCase()) ? { name, periodAt: () => UTC_PERIOD } : loadZone(name);
  if (created) {
    if (zoneCache.size >= MAX_CACHED_ZONES) zoneCache.clear();
    zoneCache.set(name, created);
  }
  return created;
}

function loadZone(name: string): Zone | null {
  const format = createFormat(name);
  if (!format) return null;
  const offsetAt = (instant: number) => wallTimeAt(format, instant) - Math.floor(instant / 1_000) * 1_000;
  const cachedPeriods: OffsetPeriod[] = [];
  const periodAt = (instant: number): OffsetPeriod => {
    const cached = cachedPeriods.find(({ from, until }) => from <= instant && instant < until);
    if (cached) return cached;
    const created = periodAround(offsetAt, instant);
    if (cachedPeriods.length >= MAX_CACHED_PERIODS) cachedPeriods.length = 0;
    cachedPeriods.push(created);
    return created;
  };
  return { name, periodAt };
}

/** Cached periods of one zone, which has two a year. */
const MAX_CACHED_PERIODS = 64;

function createFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    const times = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23', era: 'short' } as const;
    return new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', ...parts, ...times });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The zone's wall time at an instant as if it were UTC: epoch ms, whole seconds. */
function wallTimeAt(format: Intl.DateTimeFormat, instant: number): number {
  const fields: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(instant)) fields[type] = value;
  const year = fields.era === 'BC' ? 1 - Number(fields.year) : Number(fields.year);
  const date = new Date(0);
  date.setUTCFullYear(year, Number(fields.month) - 1, Number(fields.day));
  date.setUTCHours(Number(fields.hour), Number(fields.minute), Number(fields.second));
  return date.getTime();
}

type OffsetAt = (instant: number) => number;

function periodAround(offsetAt: OffsetAt, instant: number): OffsetPeriod {
  const offsetMs = offsetAt(instant);
  const from = findChange(offsetAt, instant, offsetMs, -SEARCH_STEP_MS);
  const until = findChange(offsetAt, instant, offsetMs, SEARCH_STEP_MS);
  return { from, until, offsetMs, previousOffset: from === -Infinity ? offsetMs : offsetAt(from - 1) };
}

/**
 * Where the offset begins or ends, to the second; infinite where it does not within the search.
 */
function findChange(offsetAt: OffsetAt, instant: number, offsetMs: number, step: number): number {
  let inside = Math.floor(instant / 1_000) * 1_000;
  for (let n = 0; n < MAX_SEARCH_STEPS; n++) {
    const outside = inside + step;
    if (offsetAt(outside) !== offsetMs) return bisectChange(offsetAt, inside, outside, offsetMs);
    inside = outside;
  }
  return step < 0 ? -Infinity : Infinity;
}

/** The first second of the later one of the two offsets. */
function bisectChange(offsetAt: OffsetAt, inside: number, outside: number, offsetMs: number): number {
  let [same, other] = [inside, outside];
  while (Math.abs(other - same) > 1_000) {
    const middle = same + Math.trunc((other - same) / 2_000) * 1_000;
    if (offsetAt(middle) === offsetMs) same = middle;
    else other = middle;
  }
  return Math.max(same, other);
}
