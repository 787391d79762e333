const MIN_INTEGER = -(2n ** 63n);
export const MAX_INTEGER = 2n ** 64n - 1n;

/** Digits that a double always keeps. */
export const SAFE_DIGITS = 15;

/** Digits that JavaScript can print of a double. */
const MAX_PRINTED_DIGITS = 100;

const INTEGER = /^-?\d+$/;

/** Why a number cannot be kept, as the end of a sentence that starts with it. */
export interface Inexact {
  readonly reason: string;
}

/**
 * An integer of at most 64 bits, signed or unsigned: a bigint beyond the integers that a double
 * holds exactly, a number among them; null for a larger one.
 */
export function exactInteger(value: bigint): number | bigint | null {
  if (value < MIN_INTEGER || value > MAX_INTEGER) return null;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/**
 * The value of a number of JSON as its writer meant it: `3.0` is the integer 3. Inexact: an
 * integer of more than 64 bits, or a decimal of which a double would keep another value.
 */
export function exactNumber(token: string): number | bigint | Inexact {
  const value = Number(token);
  if (INTEGER.test(token)) {
    if (token.length <= SAFE_DIGITS) return value;
    // Without an exponent a double of more digits is infinite; so long a text need not be parsed.
    const integer = Number.isFinite(value) ? exactInteger(BigInt(token)) : null;
    if (integer === null) return { reason: 'is too large: an integer has at most 64 bits; send it as a text' };
    return integer === 0 ? value : integer;
  }
  if (!Number.isFinite(value)) return { reason: 'is too large' };
  if (!keepsDigits(token, value)) return { reason: 'is a decimal that cannot be kept exactly: send it as a text' };
  const isWhole = Number.isInteger(value) && !Number.isSafeInteger(value);
  return (isWhole ? wholeDecimal(token) : null) ?? value;
}

/**
 * The integer that a decimal such as `1152921504606846976.0` is. Null for any other decimal, and
 * for one of more than 64 bits.
 */
function wholeDecimal(token: string): number | bigint | null {
  const { digits, exponent } = normalized(token);
  const zeros = exponent + 1 - digits.length;
  if (zeros < 0 || zeros > SAFE_DIGITS + 5) return null;
  const magnitude = BigInt(digits + '0'.repeat(zeros));
  return exactInteger(token.startsWith('-') ? -magnitude : magnitude);
}

/**
 * Whether a double, printed with as many digits as the decimal has, is the same decimal. Where two
 * are equally near, other languages print the one, and `toExponential` the other.
 */
function keepsDigits(token: string, value: number): boolean {
  const expected = normalized(token);
  if (expected.digits === '') return true;
  const { length } = expected.digits;
  if (isSame(normalized(String(value)), expected)) return true;
  return length <= MAX_PRINTED_DIGITS && isSame(normalized(value.toExponential(length - 1)), expected);
}

const isSame = (left: Normalized, right: Normalized): boolean =>
  left.digits === right.digits && left.exponent === right.exponent;

interface Normalized {
  /** Without zeros at the start and the end. */
  readonly digits: string;
  /** Power of ten of the first digit. */
  readonly exponent: number;
}

function normalized(token: string): Normalized {
  const [coefficient = '', exponent = '0'] = token.replace(/^-/, '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = coefficient.split('.');
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  if (first === -1) return { digits: '', exponent: 0 };
  return { digits: all.slice(first).replace(/0+$/, ''), exponent: Number(exponent) + whole.length - 1 - first };
}
