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
