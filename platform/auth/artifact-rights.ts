import type { ArtifactAccess } from '../store/artifacts/artifacts';
import type { AuthorizationTarget } from './constraints';
import type { Rights } from './rights';

/** The identity that an artifact belongs to; null: it belongs to none. */
const ownerIdentity = ({ scope, owner }: Pick<ArtifactAccess, 'scope' | 'owner'>): number | null =>
  scope === 'identity' && /^\d+$/.test(owner) ? Number(owner) : null;

const artifactTarget = (
  row: Omit<ArtifactAccess, 'id' | 'creator'> & { readonly id?: number },
): AuthorizationTarget => ({
  ...(row.id !== undefined && { id: row.id }),
  ref: row.ref,
  packRef: row.owning_pack_ref,
  owner: ownerIdentity(row),
  ownerType: row.scope,
  ownerRefs: [row.owner],
  visibility: row.visibility,
});

/**
 * What a grant to change or to create it must cover. The caller may read it: that it is private
 * excludes no grant.
 */
export const writtenArtifactTarget = (row: Parameters<typeof artifactTarget>[0]): AuthorizationTarget => ({
  ...artifactTarget(row),
  isPrivate: false,
});

/**
 * Whether the caller may read an artifact. A public one takes any grant to read artifacts. A
 * private one takes a grant that names it, or the right to read or configure its pack; its owner
 * always may read it, and its creator with any grant that covers it, unless it belongs to another
 * identity. `identity`: the caller; null for a running action, which has the rights of its token
 * only. `pack`: the owning pack; null where there is none.
 */
export function canReadArtifact(
  rights: Rights,
  row: ArtifactAccess,
  identity: number | null,
  pack: AuthorizationTarget | null,
): boolean {
  const owner = ownerIdentity(row);
  if (identity !== null && owner === identity) return true;
  if (row.visibility === 'public' && rights.hasAny('artifacts', 'read')) return true;
  const isCreator = identity !== null && owner === null && row.creator === identity;
  const target = artifactTarget(row);
  if (rights.allows('artifacts', 'read', isCreator ? { ...target, isPrivate: false } : target)) return true;
  return pack !== null && ['read', 'configure'].some((action) => rights.allows('packs', action, pack));
}
