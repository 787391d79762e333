import type { Grant, PermissionSet } from './grants';

/** Whether who holds these sets may hand on that one: it is theirs, or grants nothing that they are not granted. */
export function holdsAll(held: readonly PermissionSet[], wanted: PermissionSet): boolean {
  if (held.some(({ ref }) => ref === wanted.ref)) return true;
  const rights = new Set(held.flatMap(({ grants }) => grants.filter(isPlain)).flatMap(rightsIn));
  return wanted.grants.flatMap(rightsIn).every((right) => rights.has(right));
}

/** Without constraints: it holds for every resource of the kind. */
export const isPlain = ({ constraints }: Grant): boolean => Object.keys(constraints).length === 0;

const rightsIn = ({ resource, actions }: Grant): string[] => actions.map((action) => `${resource}:${action}`);
