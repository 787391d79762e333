const MS_BY_UNIT = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

const SHORT = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/;
const ISO = /^P(?=[\dT])(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
/** 1,000 years. */
const LONGEST_MS = 365_250 * MS_BY_UNIT.d;

/** The forms of a duration, for an error. */
export const DURATION_FORMS = '3h, 1h30m, 250ms, 3d, or ISO 8601 as PT72H';

/** Why a text is no duration, and what would be right. */
export class DurationError extends Error {
  override readonly name = 'DurationError';
}

/** A duration in ms, from `3h`, `1h30m`, `250ms`, `3d` or `PT72H`. Throws DurationError. */
export function parseDuration(text: string): number {
  const ms = Math.round(partsOf(text) * 1_000) / 1_000;
  if (!Number.isInteger(ms)) throw new DurationError(`'${text}' is no whole number of milliseconds`);
  if (ms > LONGEST_MS) throw new DurationError(`'${text}' is longer than 1,000 years`);
  return ms;
}

function partsOf(text: string): number {
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [weeks, ...others] = iso.slice(1);
    return Number(weeks ?? 0) * 7 * MS_BY_UNIT.d + sum(others);
  }
  const short = SHORT.exec(text);
  if (short === null) throw new DurationError(`'${text}' is no duration: ${remedyOf(text)}`);
  return sum(short.slice(1));
}

const sum = (numbers: readonly (string | undefined)[]): number =>
  Object.values(MS_BY_UNIT).reduce((total, ms, n) => total + Number(numbers[n] ?? 0) * ms, 0);

function remedyOf(text: string): string {
  if (/^\d+(\.\d+)?$/.test(text)) return `it has no unit; use ${text}s for seconds, or ${DURATION_FORMS}`;
  if (/^P[^T]*\d[YM]/.test(text)) return 'years and months have no fixed length; use days, as 365d';
  return `use ${DURATION_FORMS}`;
}
