import type { Rights } from '../access/rights';
import type { Transaction } from '../store/database';
import { findPack, isShared, type PackRow } from '../store/packs';
import { Refusal } from '../refusal';
import type { Caller } from './context';
import { notFound } from './errors';
import { rightsOf } from './grants';
import { packTarget } from './targets';

/** The standard ones are for everybody; others for whom a grant to read covers them. */
export const maySeePack = (rights: Rights, pack: PackRow): boolean =>
  isShared(pack) || pack.is_standard || rights.allows('packs', 'read', packTarget(pack));

/** A pack that the caller may read. Throws NOT_FOUND, the same for what does not exist and what is not for them. */
export async function readablePack(transaction: Transaction, caller: Caller, ref: string): Promise<PackRow> {
  const pack = await findPack(transaction, ref);
  if (!pack || !maySeePack(await rightsOf(transaction, caller), pack)) throw notFound(`Pack '${ref}'`);
  return pack;
}

/** A pack of this tenant, whoever made it. Throws NOT_FOUND. */
export async function existingPack(transaction: Transaction, ref: string): Promise<PackRow> {
  const pack = await findPack(transaction, ref);
  if (!pack) throw notFound(`Pack '${ref}'`);
  return pack;
}

/** Throws FORBIDDEN for what we ship: a pack, or a component of one. */
export function refuseShared(row: { readonly tenant: number }): void {
  if (isShared(row)) throw new Refusal('FORBIDDEN', "Pack 'core' is read-only");
}
