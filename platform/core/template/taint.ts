import type { Json } from '../../../contract/json';

/**
 * Which parts of a value come from a secret: all of it (`true`), none (`null`), or members by key (of an array by decimal
 * position). A key that is not there is clean. JSON, so that it can be stored beside the value.
 */
export type Taint = true | null | { readonly [key: string]: Taint };

/** The taint of one member or element. */
export function taintAt(taint: Taint, key: string | number): Taint {
  if (taint === null || taint === true) return taint;
  return Object.hasOwn(taint, key) ? taint[key]! : null;
}

/** The taint of a value made of those members; null where none is tainted. */
export function taintOf(members: Iterable<readonly [string | number, Taint]>): Taint {
  const tainted = [...members].filter(([, taint]) => taint !== null);
  return tainted.length === 0 ? null : Object.fromEntries(tainted);
}

/** The taint of a value that shows the members of both. */
export function joined(left: Taint, right: Taint): Taint {
  if (left === null || right === true) return right;
  if (right === null || left === true) return left;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return taintOf(Array.from(keys, (key) => [key, joined(taintAt(left, key), taintAt(right, key))] as const));
}

/** The position an index means: negative ones count from the end. */
export function elementKey(value: Json, index: Json): string {
  if (typeof index === 'string') return index;
  if (typeof index !== 'number') return '';
  return `${Array.isArray(value) && index < 0 ? value.length + index : index}`;
}
