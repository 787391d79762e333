const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/;

/** Whether a text is an RFC 3339 instant with an offset, to the microsecond. */
export const isInstant = (text: string): boolean => INSTANT.test(text) && !Number.isNaN(Date.parse(text));

const FRACTION = /\.(\d+)/;
const DIGITS_OF_MS = 3;

/** The instant so many whole ms later, with the same digits below a millisecond. */
export function laterBy(instant: string, ms: number): string {
  const micros = (FRACTION.exec(instant)?.[1] ?? '').slice(DIGITS_OF_MS);
  const whole = instant.replace(FRACTION, (_, digits: string) => `.${digits.slice(0, DIGITS_OF_MS)}`);
  return new Date(Date.parse(whole) + ms).toISOString().replace('Z', `${micros}Z`);
}
