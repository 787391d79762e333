import type { Json } from '../../../../../contract/json';
import { typeError } from './expression-error';

type Numeric = number | bigint;

const SMALLEST = -(2n ** 63n);
const LARGEST = 2n ** 64n - 1n;

export const isNumeric = (value: Json): value is Numeric => typeof value === 'number' || typeof value === 'bigint';

/** The integer that a number is; null for a decimal, and for one of more than 64 bits. */
function integerOf(value: Numeric): bigint | null {
  if (typeof value === 'bigint') return value;
  if (!Number.isInteger(value)) return null;
  const integer = BigInt(value);
  return isOf64Bits(integer) ? integer : null;
}

/** The result of an operation of integers, as JSON has it. */
export function integerResult(value: bigint): Numeric {
  if (!isOf64Bits(value)) throw typeError('too large');
  return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** The result of an operation of decimals. */
export function decimalResult(value: number): Numeric {
  if (!Number.isFinite(value)) throw typeError('too large');
  const integer = integerOf(value);
  return integer === null ? value : integerResult(integer);
}

type Operator = '+' | '-' | '*' | '/' | '%';

const WITH_INTEGERS: Record<Exclude<Operator, '/'>, (a: bigint, b: bigint) => bigint> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '%': (a, b) => a % b,
};

const WITH_DECIMALS: Record<Operator, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/**
 * Integers are exact; one beyond 2^53 and a decimal would lose digits. A whole number of more than
 * 64 bits counts as an integer only beside one beyond 2^53.
 */
export function calculate(operator: Operator, left: Numeric, right: Numeric): Numeric {
  if (Number(right) === 0 && (operator === '/' || operator === '%')) throw typeError('zero');
  const values = [left, right].map((value) => integerOf(value));
  const hasBeyond = values.some((value) => value !== null && !Number.isSafeInteger(Number(value)));
  const [a = null, b = null] = hasBeyond ? [left, right].map(wholeNumberOf) : values;
  if (a !== null && b !== null) {
    if (operator !== '/') return integerResult(WITH_INTEGERS[operator](a, b));
    return a % b === 0n ? (isOf64Bits(a / b) ? integerResult(a / b) : Number(a / b)) : quotient(a, b);
  }
  const isAdded = operator === '+' || operator === '-';
  const isLost = values.some((value) => value !== null && isBeyondDoubles(value, isAdded));
  const result = decimalResult(WITH_DECIMALS[operator](Number(left), Number(right)));
  if (isLost || (isAdded && typeof result === 'bigint')) throw typeError('would lose digits');
  return result;
}

const isOf64Bits = (value: bigint): boolean => value >= SMALLEST && value <= LARGEST;

const wholeNumberOf = (value: Numeric): bigint | null =>
  typeof value === 'bigint' ? value : Number.isInteger(value) ? BigInt(value) : null;

const isBeyondDoubles = (value: bigint, isAdded: boolean): boolean =>
  isAdded ? !Number.isSafeInteger(Number(value)) : BigInt(Number(value)) !== value;

/** The double that is nearest to a quotient: of 64 bits, the whole part and the rest. */
const quotient = (a: bigint, b: bigint): Numeric =>
  decimalResult(
    Number.isSafeInteger(Number(a)) && Number.isSafeInteger(Number(b))
      ? Number(a) / Number(b)
      : Number(a / b) + Number(a % b) / Number(b),
  );

function halfAway(value: number): number {
  const below = Math.floor(Math.abs(value));
  return Math.sign(value) * (Math.abs(value) - below >= 0.5 ? below + 1 : below);
}

/** Rounds a decimal; an integer stays. */
export const wholeOf = (value: Numeric, how: 'down' | 'up' | 'near' | 'toZero'): Numeric => {
  const integer = integerOf(value);
  if (integer !== null) return integerResult(integer);
  const round = { down: Math.floor, up: Math.ceil, near: halfAway, toZero: Math.trunc }[how];
  return decimalResult(round(Number(value)));
};

/** Rounds to decimals, or with a negative number to powers of ten; halves away from zero. */
export function roundTo(value: Numeric, digits: number): Numeric {
  const integer = integerOf(value);
  if (integer !== null) return digits >= 0 ? integerResult(integer) : integerResult(roundInteger(integer, -digits));
  const [whole = '', fraction = ''] = decimalText(Math.abs(Number(value))).split('.');
  const scaled = BigInt(`${whole}${fraction.padEnd(Math.max(digits, 0) + 1, '0')}`);
  const places = Math.max(fraction.length, Math.max(digits, 0) + 1);
  const rounded = roundInteger(scaled, places - digits);
  return decimalResult(Math.sign(Number(value)) * Number(`${rounded}e-${places}`));
}

function roundInteger(value: bigint, zeros: number): bigint {
  const unit = 10n ** BigInt(zeros);
  const magnitude = value < 0n ? -value : value;
  const rounded = ((2n * magnitude + unit) / (2n * unit)) * unit;
  return value < 0n ? -rounded : rounded;
}

/** Without an exponent. */
function decimalText(value: number): string {
  const [digits = '', exponent] = String(value).split('e');
  if (exponent === undefined) return digits;
  const [whole = '', fraction = ''] = digits.split('.');
  const shift = Number(exponent);
  return shift < 0 ? `0.${'0'.repeat(-shift - 1)}${whole}${fraction}` : `${whole}${fraction.padEnd(shift, '0')}`;
}
