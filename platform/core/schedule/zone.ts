/** A stretch of time in which a zone keeps one offset: `[from, until)`, epoch ms. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
  /** Wall clock minus UTC, ms. */
  readonly offset: number;
  /** That of the stretch before. */
  readonly before: number;
}

export interface Zone {
  readonly name: string;
  /** The stretch that an instant lies in. */
  at(instant: number): Stretch;
}

const UTC_NAMES = new Set(['UTC', 'ETC/UTC', 'Z', 'GMT', 'ETC/GMT']);
const ALWAYS: Stretch = { from: -Infinity, until: Infinity, offset: 0, before: 0 };
/** No zone changes its clock twice within this, ms; so much is looked at in one step. */
const STEP = 4 * 86_400_000;
/** A zone without another change for so many steps (six years) keeps its offset as far as we look. */
const MOST_STEPS = 550;

const zones = new Map<string, Zone>();
/** Zones that are kept; more begin anew. There are some 600 names. */
const MOST_ZONES = 700;

/** The rules of an IANA zone. Null where there is none of that name. */
export function zoneOf(name: string): Zone | null {
  const known = zones.get(name);
  if (known) return known;
  const made = UTC_NAMES.has(name.toUpperCase()) ? { name, at: () => ALWAYS } : read(name);
  if (made) {
    if (zones.size >= MOST_ZONES) zones.clear();
    zones.set(name, made);
  }
  return made;
}

function read(name: string): Zone | null {
  const format = formatOf(name);
  if (!format) return null;
  const offsetAt = (instant: number) => wallOf(format, instant) - Math.floor(instant / 1_000) * 1_000;
  const kept: Stretch[] = [];
  const at = (instant: number): Stretch => {
    const known = kept.find(({ from, until }) => from <= instant && instant < until);
    if (known) return known;
    const made = stretchAround(offsetAt, instant);
    if (kept.length >= MOST_STRETCHES) kept.length = 0;
    kept.push(made);
    return made;
  };
  return { name, at };
}

/** Stretches kept of one zone: two a year. */
const MOST_STRETCHES = 64;

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  try {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    const times = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23', era: 'short' } as const;
    return new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', ...parts, ...times });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** What the zone's wall clock shows at an instant, as if it were UTC: epoch ms, whole seconds. */
function wallOf(format: Intl.DateTimeFormat, instant: number): number {
  const shown: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(instant)) shown[type] = value;
  const year = shown.era === 'BC' ? 1 - Number(shown.year) : Number(shown.year);
  const date = new Date(0);
  date.setUTCFullYear(year, Number(shown.month) - 1, Number(shown.day));
  date.setUTCHours(Number(shown.hour), Number(shown.minute), Number(shown.second));
  return date.getTime();
}

type OffsetAt = (instant: number) => number;

function stretchAround(offsetAt: OffsetAt, instant: number): Stretch {
  const offset = offsetAt(instant);
  const from = changeFrom(offsetAt, instant, offset, -STEP);
  const until = changeFrom(offsetAt, instant, offset, STEP);
  return { from, until, offset, before: from === -Infinity ? offset : offsetAt(from - 1) };
}

/** Where the offset begins or ends, to the second; infinite where it does not within the steps we look. */
function changeFrom(offsetAt: OffsetAt, instant: number, offset: number, step: number): number {
  let inside = Math.floor(instant / 1_000) * 1_000;
  for (let n = 0; n < MOST_STEPS; n++) {
    const outside = inside + step;
    if (offsetAt(outside) !== offset) return halve(offsetAt, inside, outside, offset);
    inside = outside;
  }
  return step < 0 ? -Infinity : Infinity;
}

/** The first second of the later of the two offsets. */
function halve(offsetAt: OffsetAt, inside: number, outside: number, offset: number): number {
  let [same, other] = [inside, outside];
  while (Math.abs(other - same) > 1_000) {
    const middle = same + Math.trunc((other - same) / 2_000) * 1_000;
    if (offsetAt(middle) === offset) same = middle;
    else other = middle;
  }
  return Math.max(same, other);
}
