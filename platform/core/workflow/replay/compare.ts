import { isObject, type Json } from '../../../../contract/json';
import { appendPointer } from '../../secrets/json-pointer';
import { isRedactionMarker, extractSecrets } from '../../secrets/extract-secrets';
import { holdsSecret, memberTaint, type Taint } from '../../secrets/taint';

/** A value that differs; undefined: the document does not have it. */
export interface Difference {
  /** JSON pointer. */
  readonly pointer: string;
  readonly expected: Json | undefined;
  readonly actual: Json | undefined;
}

interface Comparison {
  /** Null: what was compared is the same. */
  readonly difference: Difference | null;
  /** There is a secret in one of the documents, which was not compared. */
  readonly hasSecret: boolean;
}

const SAME: Comparison = { difference: null, hasSecret: false };

/** A document of the record with one of the replay, whose taint is given. */
export function compare(expected: Json | undefined, actual: Json | undefined, taint: Taint, pointer = ''): Comparison {
  if (taint === true || isRedactionMarker(expected) || isRedactionMarker(actual))
    return { difference: null, hasSecret: true };
  const keys = commonKeys(expected, actual);
  if (keys === null) {
    if (Object.is(expected, actual)) return SAME;
    const shown = actual === undefined ? actual : extractSecrets(actual, taint).document;
    return { difference: { pointer, expected, actual: shown }, hasSecret: holdsSecret(taint) };
  }
  let hasSecret = false;
  let difference: Difference | null = null;
  for (const key of keys) {
    const inner = compare(
      memberOf(expected, key),
      memberOf(actual, key),
      memberTaint(taint, key),
      appendPointer(pointer, key),
    );
    hasSecret ||= inner.hasSecret;
    difference ??= inner.difference;
  }
  return { difference, hasSecret };
}

/** The keys of two objects, or of two lists, in their order; null: they are of no such kind. */
function commonKeys(expected: Json | undefined, actual: Json | undefined): string[] | null {
  const areLists = Array.isArray(expected) && Array.isArray(actual);
  if (!areLists && !(isObject(expected) && isObject(actual))) return null;
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
}

const memberOf = (value: Json | undefined, key: string): Json | undefined =>
  value !== undefined && value !== null && Object.hasOwn(value as object, key)
    ? (value as Record<string, Json>)[key]
    : undefined;
