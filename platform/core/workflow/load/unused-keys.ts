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

const MAX_LISTED_KEYS = 12;

/** With the nearest key, else the one that it begins, else all if there are few. */
export function explainUnusedKey(key: string, known: ReadonlySet<string>): string {
  const longer = [...known].find((candidate) => candidate.startsWith(`${key}_`));
  const others = known.size > MAX_LISTED_KEYS ? '' : `: the keys are ${[...known].join(', ')}`;
  const advice = didYouMean(key, known) || (longer === undefined ? others : `. Did you mean '${longer}'?`);
  return `'${key}' has no meaning here${advice}`;
}

/** The unused keys of the maps that have been read, at any depth, with pointers from `value`. */
export function findUnusedKeys(value: Json): UnusedKey[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((inner, index) => within(index, inner));
  const known = readKeys.get(value);
  return Object.entries(value).flatMap(([key, inner]) => {
    const isUnused = inner !== null && known !== undefined && !known.has(key) && !isComment(key);
    return isUnused ? [{ path: appendPointer('', key), why: explainUnusedKey(key, known) }] : within(key, inner);
  });
}

/** The unused keys of one member or element, with pointers from what holds it. */
const within = (key: string | number, inner: Json): UnusedKey[] =>
  findUnusedKeys(inner).map(({ path, why }) => ({ path: appendPointer('', key) + path, why }));
