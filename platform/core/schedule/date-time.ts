const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])([01]\d|2[0-3]):([0-5]\d))?$/;

/** A parsed date and time. `offsetMs` is null where the text has no offset. */
interface ParsedDateTime {
  /** The wall time as if it were UTC: epoch ms with microseconds. */
  readonly wallTime: number;
  readonly offsetMs: number | null;
}

/**
 * Null for a text that is no RFC 3339 date and time (the offset is optional) or has a day or an
 * offset that does not exist.
 */
export function parseDateTime(text: string): ParsedDateTime | null {
  const parts = RFC_3339.exec(text);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  if (!isReal || minute > 59 || second > 59) return null;
  // Nanoseconds are rounded up: no timer fires before its instant.
  const micros = Math.ceil(Number((parts[7] ?? '').padEnd(9, '0')) / 1_000);
  const wallTime = date.getTime() + micros / 1_000;
  return { wallTime, offsetMs: parseOffset(parts[8], parts[9], Number(parts[10]), Number(parts[11])) };
}

function parseOffset(utc: string | undefined, sign: string | undefined, hours: number, minutes: number): number | null {
  if (utc !== undefined) return 0;
  if (sign === undefined) return null;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** RFC 3339 with microseconds, UTC: `…T10:00:00.123456` followed by `zone`. */
export function formatInstant(epochMs: number, zone = 'Z'): string {
  const micros = Math.round(epochMs * 1_000);
  const whole = new Date(Math.floor(micros / 1_000_000) * 1_000).toISOString().slice(0, 19);
  const fraction = String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0');
  return `${whole}.${fraction}${zone}`;
}

/** The same as the API has instants: without zeros at the end of the fraction. */
export const shownInstant = (epochMs: number): string => formatInstant(epochMs).replace(/\.?0+Z$/, 'Z');
