import type { GrantName } from '../../contract/permissions';
import { DomainError } from '../base/domain-error';
import type { Transaction } from '../store/database/connection';
import { findPack, type PackRow } from '../store/packs/packs';
import { packTarget } from './authorization-targets';
import { isPublicPack, rejectShared } from './pack-access';
import type { Rights } from './rights';

const missingOfPack = (grant: string, { ref }: PackRow) =>
  new DomainError('FORBIDDEN', `Insufficient permissions: ${grant} of pack '${ref}'`);

/**
 * FORBIDDEN for a pack that the caller cannot read: only where it can see may it add or change a
 * component. Null: for a component that belongs to no pack.
 */
export function requireVisiblePack(rights: Rights, pack: PackRow | null): void {
  if (pack === null || isPublicPack(pack) || rights.allows('packs', 'read', packTarget(pack))) return;
  throw missingOfPack('packs:read', pack);
}

/**
 * FORBIDDEN for a pack whose files the caller may not change: a shared one, and one that it cannot
 * read.
 */
export function requireWritablePack(rights: Rights, pack: PackRow): void {
  rejectShared(pack);
  requireVisiblePack(rights, pack);
}

/** FORBIDDEN for an installed pack that the caller may not register again. */
export function requireInstallable(rights: Rights, pack: PackRow): void {
  requireWritablePack(rights, pack);
  if (!rights.allows('packs', 'install', packTarget(pack))) throw missingOfPack('packs:install', pack);
}

interface NamedComponent {
  readonly ref: string;
  readonly pack_ref?: string | null;
}

/**
 * A ref whose first part is the ref of another pack reads as a component of that pack: FORBIDDEN
 * without the grant for a component of it.
 */
export async function requirePackOfRef(
  transaction: Transaction,
  rights: Rights,
  grant: GrantName,
  { ref, pack_ref }: NamedComponent,
): Promise<void> {
  const named = ref.split('.')[0]!;
  const pack = named === pack_ref ? null : await findPack(transaction, named);
  if (pack === null) return;
  requireWritablePack(rights, pack);
  const [resource, action] = grant.split(':') as [string, string];
  const target = resource === 'packs' ? packTarget(pack) : { ref, packRef: pack.ref, owner: null };
  if (!rights.allows(resource, action, target)) throw missingOfPack(grant, pack);
}
