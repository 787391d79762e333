import type { ArtifactName } from '../store/artifacts';
import type { Target } from './constraints';
import type { Rights } from './rights';

/** Ref of the pack that an artifact belongs to: the one itself, or that of the action or sensor; null: to none. */
export function owningPack({ scope, owner }: Pick<ArtifactName, 'scope' | 'owner'>): string | null {
  if (scope === 'pack') return owner;
  const dot = owner.indexOf('.');
  return (scope === 'action' || scope === 'sensor') && dot > 0 ? owner.slice(0, dot) : null;
}

/** The identity that an artifact belongs to; null: to none. */
const identityOf = ({ scope, owner }: ArtifactName): number | null =>
  scope === 'identity' && /^\d+$/.test(owner) ? Number(owner) : null;

export const artifactTarget = (row: ArtifactName): Target => ({
  id: row.id,
  ref: row.ref,
  packRef: owningPack(row),
  owner: identityOf(row),
  ownerType: row.scope,
  ownerRefs: [row.owner],
  visibility: row.visibility,
});

/**
 * Whether somebody may read an artifact. What is public is for whoever may read any; what is private for its owner, for
 * whom a grant names, and for those who may read or configure its pack. `identity`: who asks for himself; null: a running
 * action, which has what its token says. `pack`: the owning pack; null where there is none any more.
 */
export function mayReadArtifact(
  rights: Rights,
  row: ArtifactName,
  identity: number | null,
  pack: Target | null,
): boolean {
  if (identity !== null && identityOf(row) === identity) return true;
  if (!rights.some('artifacts', 'read')) return false;
  if (row.visibility === 'public' || rights.allows('artifacts', 'read', artifactTarget(row))) return true;
  return pack !== null && ['read', 'configure'].some((action) => rights.allows('packs', action, pack));
}
