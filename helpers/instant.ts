const FRACTION = /\.(\d+)/;

/**
 * Epoch ms with a microsecond fraction, from an RFC 3339 text. Instants are compared as numbers,
 * never as text.
 */
export function parseInstant(text: string): number {
  const whole = Date.parse(text.replace(FRACTION, ''));
  if (Number.isNaN(whole)) throw new Error(`not an RFC 3339 instant: ${text}`);
  const digits = FRACTION.exec(text)?.[1] ?? '';
  return whole + Number(digits.padEnd(6, '0').slice(0, 6)) / 1_000;
}

const US_PER_SECOND = 1_000_000;

/** Epoch us: whole, so that differences are exact. */
const microseconds = (text: string): number => Math.round(parseInstant(text) * 1_000);

/** From one RFC 3339 instant to another, to the microsecond. */
export const secondsBetween = (from: string, to: string): number =>
  (microseconds(to) - microseconds(from)) / US_PER_SECOND;

/** RFC 3339 with microseconds, from epoch ms. */
export function formatInstant(epochMs: number): string {
  const us = Math.round(epochMs * 1_000);
  const [date = ''] = new Date(Math.floor(us / 1_000)).toISOString().split('.');
  return `${date}.${String(us % US_PER_SECOND).padStart(6, '0')}Z`;
}

/** The same as a platform writes it: without zeros at the end of the fraction. */
export const writtenInstant = (epochMs: number): string => formatInstant(epochMs).replace(/\.?0+Z$/, 'Z');
