import type { EffectiveGrant, EffectivePermissionSet } from './grants';

/**
 * Whether an identity with these sets may delegate that one: it has the set itself, or all of its
 * grants.
 */
export function canDelegate(heldSets: readonly EffectivePermissionSet[], delegated: EffectivePermissionSet): boolean {
  if (heldSets.some(({ ref }) => ref === delegated.ref)) return true;
  const rights = new Set(heldSets.flatMap(({ grants }) => grants.filter(isUnconstrained)).flatMap(toRights));
  return delegated.grants.flatMap(toRights).every((right) => rights.has(right));
}

/** A grant without constraints covers every resource of the kind. */
export const isUnconstrained = ({ constraints }: EffectiveGrant): boolean => Object.keys(constraints).length === 0;

const toRights = ({ resource, actions }: EffectiveGrant): string[] => actions.map((action) => `${resource}:${action}`);
