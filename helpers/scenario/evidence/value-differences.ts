import { writeJson } from '../../../contract/json-text/write-json';
import { isError } from '../../errors';

/** Where a value is not as expected. */
interface Difference {
  /** Names and indexes from the whole value on; empty: it is the whole. */
  readonly path: string;
  /** As JSON, or as a matcher is written; `nothing`: there should be no value. */
  readonly expected: string;
  readonly seen: string;
}

export interface Differences {
  /** The first ones. */
  readonly shown: readonly Difference[];
  readonly count: number;
}

/** Matchers whose two values are compared member by member. */
const COMPARING = ['toBe', 'toEqual', 'toStrictEqual'];
const MOST_SHOWN = 3;
const NOTHING = 'nothing';

/** How the two values of a failed expectation differ; null: it is no comparison of two values. */
export function valueDifferences(error: unknown): Differences | null {
  const result = isError(error) && 'matcherResult' in error ? (error.matcherResult as MatcherResult) : null;
  if (!result || result.pass || !COMPARING.includes(result.name ?? '') || !('expected' in result)) return null;
  const all = [...differing(result.expected, result.actual, [])];
  return all.length === 0 ? null : { shown: all.slice(0, MOST_SHOWN), count: all.length };
}

/** What Jest adds to the error of an expectation. */
interface MatcherResult {
  readonly name?: string;
  readonly pass?: boolean;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

/** `around`: the values that the expected one is in: one that contains itself is entered once. */
function* differing(
  expected: unknown,
  seen: unknown,
  path: readonly string[],
  around: readonly object[] = [],
): Iterable<Difference> {
  if (isMatcher(expected)) {
    if (!expected.asymmetricMatch(seen)) yield difference(path, expected, seen);
  } else if (isComposite(expected) && isComposite(seen) && Array.isArray(expected) === Array.isArray(seen)) {
    if (around.includes(expected)) return;
    const names = new Set([...Object.keys(expected), ...Object.keys(seen)]);
    for (const name of names) yield* differing(expected[name], seen[name], [...path, name], [...around, expected]);
  } else if (!isSame(expected, seen)) yield difference(path, expected, seen);
}

type Composite = Readonly<Record<string, unknown>>;

/** A list or an object of members, and no Date, Map or the like. */
const isComposite = (value: unknown): value is Composite =>
  typeof value === 'object' && value !== null && (Array.isArray(value) || prototypeName(value) === 'Object');

/** By its name: the values of a test are of another realm. */
const prototypeName = (value: object): string => {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  return prototype === null ? 'Object' : (prototype.constructor?.name ?? '');
};

interface Matcher {
  asymmetricMatch(value: unknown): boolean;
  /** `Any<String>`; absent: it has no argument. */
  toAsymmetricMatcher?(): string;
}

const isMatcher = (value: unknown): value is Matcher =>
  typeof value === 'object' && value !== null && 'asymmetricMatch' in value;

const isSame = (one: unknown, other: unknown): boolean => Object.is(one, other) || textOf(one) === textOf(other);

const difference = (path: readonly string[], expected: unknown, seen: unknown): Difference => ({
  path: path.join(' › '),
  expected: textOf(expected),
  seen: textOf(seen),
});

function textOf(value: unknown): string {
  if (value === undefined) return NOTHING;
  if (isMatcher(value)) return value.toAsymmetricMatcher?.() ?? 'another value';
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return String(value);
  return value instanceof Error ? value.message : (writeJson(value) ?? 'a value without a text');
}
