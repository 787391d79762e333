import type { ArtifactAccess } from '../store/executions/artifacts';
import type { AuthorizationTarget } from './constraints';
import type { Rights } from './rights';

/** The identity that an artifact belongs to; null: it belongs to none. */
const ownerIdentity = ({ scope, owner }: ArtifactAccess): number | null =>
  scope === 'identity' && /^\d+$/.test(owner) ? Number(owner) : null;

const artifactTarget = (row: ArtifactAccess): AuthorizationTarget => ({
  id: row.id,
  ref: row.ref,
  packRef: row.owning_pack_ref,
  owner: ownerIdentity(row),
  ownerType: row.scope,
  ownerRefs: [row.owner],
  visibility: row.visibility,
});

/**
 * Whether the caller may read an artifact. A public one takes any grant to read artifacts; a
 * private one takes a grant that covers it, or the right to read or configure its pack; its owner
 * always may. `identity`: the caller; null for a running action, which has the rights of its token
 * only. `pack`: the owning pack; null where there is none.
 */
export function canReadArtifact(
  rights: Rights,
  row: ArtifactAccess,
  identity: number | null,
  pack: AuthorizationTarget | null,
): boolean {
  if (identity !== null && ownerIdentity(row) === identity) return true;
  if (!rights.hasAny('artifacts', 'read')) return false;
  if (row.visibility === 'public' || rights.allows('artifacts', 'read', artifactTarget(row))) return true;
  return pack !== null && ['read', 'configure'].some((action) => rights.allows('packs', action, pack));
}
