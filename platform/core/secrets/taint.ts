/**
 * Which parts of a value come from a secret: all of it (`true`), none (`null`), or members by key
 * (of a list by decimal position). A key that is not there has no taint. A number marks a
 * reference to the stored key with this id (`connections.ts`), which is no secret. JSON, so that
 * it can be stored beside the value.
 */
export type Taint = true | null | number | { readonly [key: string]: Taint };

/** The taint of one member or element. */
export function memberTaint(taint: Taint, key: string | number): Taint {
  if (taint === null || taint === true) return taint;
  if (typeof taint === 'number') return null; // the text of a ref
  return Object.hasOwn(taint, key) ? taint[key]! : null;
}

/** Whether a part of the value is secret. */
export const holdsSecret = (taint: Taint): boolean =>
  taint === true || (typeof taint === 'object' && taint !== null && Object.values(taint).some(holdsSecret));

/** The taint of a value that consists of those members; null where none is tainted. */
export function taintFromMembers(members: Iterable<readonly [string | number, Taint]>): Taint {
  const tainted = [...members].filter(([, taint]) => taint !== null);
  return tainted.length === 0 ? null : Object.fromEntries(tainted);
}

/** The taint of a value that holds the members of both. A reference has no other members. */
export function mergeTaints(left: Taint, right: Taint): Taint {
  if (left === null || right === true) return right;
  if (right === null || left === true) return left;
  if (typeof left === 'number') return right;
  if (typeof right === 'number') return left;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return taintFromMembers(
    Array.from(keys, (key) => [key, mergeTaints(memberTaint(left, key), memberTaint(right, key))] as const),
  );
}
