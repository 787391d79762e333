import type { Json, JsonObject } from '../../../../contract/json';
import { didYouMean } from '../../../../contract/text/closest-match';
import { appendPointer } from '../../secrets/json-pointer';

/** A key of a definition that nothing reads. */
export interface UnusedKey {
  /** Its JSON pointer. */
  readonly path: string;
  /** What is wrong, and what would be right. */
  readonly why: string;
}

/** Keys that were asked for, by the map that has or lacks them. */
const readKeys = new WeakMap<JsonObject, Set<string>>();

/** The set of keys that are read of a map, to which the caller adds. */
export function keysReadOf(map: JsonObject): Set<string> {
  const known = readKeys.get(map) ?? new Set<string>();
  readKeys.set(map, known);
  return known;
}

/** For readers, on any level. */
const COMMENTS: ReadonlySet<string> = new Set(['description', 'label', 'tags', 'notes']);

export const isComment = (key: string): boolean => COMMENTS.has(key) || key.startsWith('x-');

/** `did you mean`, or what there is. */
export const explainUnusedKey = (key: string, known: Iterable<string>): string =>
  `'${key}' has no meaning here${didYouMean(key, known) || `: the keys are ${[...known].join(', ')}`}`;

/** The unused keys of the maps that have been read, at any depth. */
export function findUnusedKeys(value: Json, path = ''): UnusedKey[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  const known = Array.isArray(value) ? undefined : readKeys.get(value);
  const isUnused = (key: string | number) => known !== undefined && !known.has(String(key)) && !isComment(String(key));
  return entries.flatMap(([key, inner]) =>
    inner !== null && isUnused(key)
      ? [{ path: appendPointer(path, key), why: explainUnusedKey(String(key), known!) }]
      : findUnusedKeys(inner, appendPointer(path, key)),
  );
}
