import { isObject, type Json } from '../../contract/json';
import { appendPointer } from '../../platform/core/secrets/json-pointer';

/** A double that is an integer beyond 2^53 is the bigint of that value. */
const isSameValue = (expected: Json | undefined, actual: Json | undefined): boolean =>
  Object.is(expected, actual) ||
  (typeof expected === 'bigint' && typeof actual === 'number' && expected === toBigInt(actual)) ||
  (typeof expected === 'number' && typeof actual === 'bigint' && actual === toBigInt(expected));

const toBigInt = (value: number): bigint | null => (Number.isInteger(value) ? BigInt(value) : null);

/** One value of an expected output: whether the actual one has it. */
export interface Assertion {
  /** JSON pointer, from `/result` on. */
  readonly path: string;
  /** Undefined: the expectation does not have it. */
  readonly expected: Json | undefined;
  /** Undefined: the output does not have it. */
  readonly actual: Json | undefined;
  readonly holds: boolean;
  /** The file and the line of the expectation, where the file has lines. */
  readonly place?: string;
}

/**
 * Compares two documents leaf by leaf; what one of them does not have is one assertion that does
 * not hold.
 */
export function compareOutput(expected: Json | undefined, actual: Json | undefined, path = '/result'): Assertion[] {
  const keys = commonKeys(expected, actual);
  if (keys === null) return [{ path, expected, actual, holds: isSameValue(expected, actual) }];
  if (keys.length === 0) return [{ path, expected, actual, holds: true }];
  const member = (value: Json | undefined, key: string): Json | undefined =>
    value !== undefined && Object.hasOwn(value as object, key) ? (value as Record<string, Json>)[key] : undefined;
  return keys.flatMap((key) => compareOutput(member(expected, key), member(actual, key), appendPointer(path, key)));
}

/** The keys of two objects, or of two lists; null where the values are not of one such kind. */
function commonKeys(expected: Json | undefined, actual: Json | undefined): string[] | null {
  const areLists = Array.isArray(expected) && Array.isArray(actual);
  if (!areLists && !(isObject(expected) && isObject(actual))) return null;
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort(byPosition);
}

/** Positions of a list in their order, names by their characters. */
function byPosition(left: string, right: string): number {
  const difference = Number(left) - Number(right);
  if (!Number.isNaN(difference)) return difference;
  return left < right ? -1 : 1;
}
