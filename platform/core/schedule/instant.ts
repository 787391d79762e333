const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d):(\d\d))?$/;

/** A date and time as written. `offsetMs` is null where the text names none. */
export interface Written {
  /** The wall clock, as if it were UTC: epoch ms, down to the microsecond. */
  readonly wall: number;
  readonly offsetMs: number | null;
}

/** Null for what is no RFC 3339 date and time (its offset may be absent), or names a day that is none. */
export function written(text: string): Written | null {
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
  const wall = date.getTime() + Number((parts[7] ?? '').padEnd(6, '0').slice(0, 6)) / 1_000;
  return { wall, offsetMs: offsetOf(parts[8], parts[9], Number(parts[10]), Number(parts[11])) };
}

function offsetOf(utc: string | undefined, sign: string | undefined, hours: number, minutes: number): number | null {
  if (utc !== undefined) return 0;
  if (sign === undefined) return null;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** RFC 3339 with microseconds, UTC: `…T10:00:00.123456` and then `zone`. */
export function instantText(epochMs: number, zone = 'Z'): string {
  const micros = Math.round(epochMs * 1_000);
  const whole = new Date(Math.floor(micros / 1_000_000) * 1_000).toISOString().slice(0, 19);
  const fraction = String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0');
  return `${whole}.${fraction}${zone}`;
}
