import type { EffectiveGrant, EffectivePermissionSet } from './grants';

/**
 * Whether an identity with these sets may delegate that one: it has the set itself, or all of its
 * grants.
 */
export function canDelegate(heldSets: readonly EffectivePermissionSet[], delegated: EffectivePermissionSet): boolean {
  if (heldSets.some(({ ref }) => ref === delegated.ref)) return true;
  return missingRight(heldSets, delegated.grants) === null;
}

/** The first right of these grants that the sets do not have for every resource; null: none. */
export function missingRight(
  heldSets: readonly EffectivePermissionSet[],
  grants: readonly EffectiveGrant[],
): string | null {
  const rights = new Set(heldSets.flatMap((set) => set.grants.filter(isUnconstrained)).flatMap(toRights));
  return grants.flatMap(toRights).find((right) => !rights.has(right)) ?? null;
}

/** A grant without constraints covers every resource of the kind. */
export const isUnconstrained = ({ constraints }: EffectiveGrant): boolean => Object.keys(constraints).length === 0;

const toRights = ({ resource, actions }: EffectiveGrant): string[] => actions.map((action) => `${resource}:${action}`);
