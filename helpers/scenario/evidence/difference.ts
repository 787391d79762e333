import { AssertionError, deepStrictEqual } from 'node:assert';
import { writeJson } from '../../../contract/json-text/write-json';

/** Longer values are compared line by line. */
const MAX_INLINE_CHARACTERS = 80;

/** How a value differs from the expected one: both in one line, or their different lines. */
export function describeDifference(observed: unknown, expected: unknown): string {
  const [seen = 'undefined', right = 'undefined'] = [observed, expected].map((value) => writeJson(value));
  if (Math.max(seen.length, right.length) <= MAX_INLINE_CHARACTERS) return `${seen} instead of ${right}`;
  try {
    deepStrictEqual(observed, expected);
    return 'the same value';
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    return error.message.replace(/^.*\n/, 'another value\n');
  }
}
