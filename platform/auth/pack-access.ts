import { DomainError, notFound } from '../base/domain-error';
import type { Transaction } from '../store/database/connection';
import { findPack, isShared, listPacks, type PackRow } from '../store/packs/packs';
import { packTarget } from './authorization-targets';
import type { Caller } from './caller';
import { callerRights } from './grants';
import type { Rights } from './rights';

export const packNotFound = (ref: string) => notFound(`Pack '${ref}'`);

/** Every caller may read it; other packs take a grant that covers them. */
export const isPublicPack = (pack: PackRow): boolean => isShared(pack) || pack.is_standard;

/**
 * A pack that the caller may read. Throws NOT_FOUND, the same for a pack that does not exist and
 * one that is hidden.
 */
export async function loadReadablePack(transaction: Transaction, caller: Caller, ref: string): Promise<PackRow> {
  const pack = await loadPack(transaction, ref);
  if (isPublicPack(pack)) return pack;
  const rights = await callerRights(transaction, caller);
  if (!rights.allows('packs', 'read', packTarget(pack))) throw packNotFound(ref);
  return pack;
}

/**
 * Whether the texts of components follow the owner of the pack: it has one, and the caller may not
 * read it. Summaries and schemas of components are open to every caller, as in Attune.
 */
const hidesTexts = (rights: Rights, pack: PackRow): boolean =>
  !isPublicPack(pack) && pack.installed_by !== null && !rights.allows('packs', 'read', packTarget(pack));

/** Refs of the packs whose texts the caller may not read. */
export async function packsWithHiddenTexts(transaction: Transaction, rights: Rights): Promise<ReadonlySet<string>> {
  const packs = await listPacks(transaction);
  return new Set(packs.filter((pack) => hidesTexts(rights, pack)).map(({ ref }) => ref));
}

/** Of one component; null: it belongs to no pack. */
export async function isTextHidden(transaction: Transaction, rights: Rights, packRef: string | null): Promise<boolean> {
  const pack = packRef === null ? null : await findPack(transaction, packRef);
  return pack !== null && hidesTexts(rights, pack);
}

/** Any pack of this tenant. Throws NOT_FOUND. */
export async function loadPack(transaction: Transaction, ref: string): Promise<PackRow> {
  const pack = await findPack(transaction, ref);
  if (!pack) throw packNotFound(ref);
  return pack;
}

/**
 * Throws FORBIDDEN for a shared pack, or a component of one; null: for a component that belongs
 * to no pack.
 */
export function rejectShared(row: { readonly tenant: number } | null): void {
  if (row && isShared(row)) throw new DomainError('FORBIDDEN', "Pack 'core' is read-only");
}
