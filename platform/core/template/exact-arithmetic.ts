import type { Json } from '../../../contract/json';
import { exactInteger } from '../../../contract/json-text/exact-number';
import { typeFault } from './fault';

/** A bigint is an integer beyond 2^53, of at most 64 bits. */
export const isNumber = (value: Json | undefined): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** Negative, 0 or positive. Exact for an integer and a decimal, too. */
export const compareNumbers = (left: number | bigint, right: number | bigint): number =>
  left < right ? -1 : left > right ? 1 : 0;

export function assertFinite(value: number): void {
  if (!Number.isFinite(value)) throw typeFault('the number is too large: the largest is about 1.8e308');
}

/**
 * JSON has neither infinity nor a negative zero. A whole number beyond 2^53 is an integer: printed
 * as a double, it would have other digits.
 */
export function toFinite(value: number): number | bigint {
  assertFinite(value);
  if (value === 0) return 0;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? (exactInteger(BigInt(value)) ?? value) : value;
}

/** An integer as a value. Throws TEMPLATE_TYPE for one of more than 64 bits. */
export function toInteger(value: bigint): number | bigint {
  const integer = exactInteger(value);
  if (integer === null) throw typeFault('the integer is too large: it has more than 64 bits');
  return integer;
}

type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/**
 * Integers are exact up to 64 bits; a quotient that is not whole is a decimal. Throws
 * TEMPLATE_TYPE for a larger integer, for zero as a divisor, and for an integer beyond 2^53 with a
 * decimal where its last digits would be lost.
 */
export function calculate(
  operator: ArithmeticOperator,
  left: number | bigint,
  right: number | bigint,
): number | bigint {
  if (right === 0 && (operator === '/' || operator === '%')) {
    throw typeFault(`\`${operator}\` cannot divide by zero`);
  }
  if (typeof left === 'number' && typeof right === 'number') {
    const result = withDoubles(operator, left, right);
    // Rounded, perhaps, although both were exact.
    const isExact = !Number.isInteger(result) || Number.isSafeInteger(result);
    if (isExact && Number.isFinite(result)) return toFinite(result);
    if (isLarge(left) || isLarge(right)) return toFinite(result);
  }
  const [a, b] = [toBigInt(left), toBigInt(right)];
  return a === null || b === null ? mixed(operator, left, right) : withIntegers(operator, a, b);
}

/** A whole number of more than 64 bits, which is rounded as decimals are. */
const isLarge = (value: number): boolean => Number.isInteger(value) && exactInteger(BigInt(value)) === null;

/** Null for a decimal. */
const toBigInt = (value: number | bigint): bigint | null =>
  typeof value === 'bigint' ? value : Number.isInteger(value) ? BigInt(value) : null;

function withIntegers(operator: ArithmeticOperator, left: bigint, right: bigint): number | bigint {
  switch (operator) {
    case '+':
      return toInteger(left + right);
    case '-':
      return toInteger(left - right);
    case '*':
      return toInteger(left * right);
    case '%':
      return toInteger(left % right);
    case '/':
      if (left % right === 0n) return exactInteger(left / right) ?? toFinite(Number(left / right));
      return toFinite(Number(left / right) + Number(left % right) / Number(right));
  }
}

/** One of the two is a decimal, the other an integer beyond 2^53. */
function mixed(operator: ArithmeticOperator, left: number | bigint, right: number | bigint): number | bigint {
  const isLost = [left, right].some((value) => typeof value === 'bigint' && BigInt(Number(value)) !== value);
  if (isLost || operator === '+' || operator === '-') {
    throw typeFault(`\`${operator}\` of an integer beyond 2^53 and a decimal would lose digits: use \`int(x)\` first`);
  }
  return toFinite(withDoubles(operator, Number(left), Number(right)));
}

function withDoubles(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}
