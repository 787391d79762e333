import { ACTIONS_BY_RESOURCE } from '../../../../contract/permissions';
import type { JsonObject } from '../../../../contract/json';

/** Every grant that a permission set can contain: `rules:update`. */
export const ALL_GRANTS: readonly string[] = Object.entries(ACTIONS_BY_RESOURCE).flatMap(([resource, actions]) =>
  actions.map((action) => `${resource}:${action}`),
);

/** The grant as a permission set contains it; `pack`: limited to that pack. */
export const asGrant = (name: string, pack: string | null): JsonObject => {
  const [resource = '', action = ''] = name.split(':');
  return { resource, actions: [action], ...(pack !== null && { constraints: { pack_refs: [pack] } }) };
};
