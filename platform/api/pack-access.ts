import type { Transaction } from '../store/database';
import { isPlain } from '../store/delegation';
import { findPack, isShared, mayRead, type PackReader, type PackRow } from '../store/packs';
import { Refusal } from '../refusal';
import type { Caller } from './context';
import { notFound } from './errors';
import { bypassesGrants, grantsOf } from './grants';

const NAMING = ['pack_refs', 'refs'];

/** Which packs the caller may read: plain grants count for packs that nobody owns, constrained ones for those they name. */
export async function packReaderOf(transaction: Transaction, caller: Caller): Promise<PackReader> {
  if (bypassesGrants(caller)) return { identity: caller.identity, unowned: true, named: [] };
  const grants = (await grantsOf(transaction, caller)).filter(
    ({ resource, actions }) => resource === 'packs' && actions.includes('read'),
  );
  const named = grants
    .filter(({ constraints }) => Object.keys(constraints).every((key) => NAMING.includes(key)))
    .flatMap(({ constraints }) => namedBy(constraints));
  return { identity: caller.identity, unowned: grants.some(isPlain), named };
}

/** Every constraint must hold, so only refs that all of them name. */
function namedBy(constraints: Readonly<Record<string, unknown>>): string[] {
  const lists = Object.values(constraints).map((refs) =>
    Array.isArray(refs) ? refs.filter((ref) => typeof ref === 'string') : [],
  );
  const [first = [], ...others] = lists;
  return first.filter((ref) => others.every((list) => list.includes(ref)));
}

/** A pack that the caller may read. Throws NOT_FOUND, the same for what does not exist and what is not for them. */
export async function readablePack(transaction: Transaction, caller: Caller, ref: string): Promise<PackRow> {
  const pack = await findPack(transaction, ref);
  if (!pack || !mayRead(pack, await packReaderOf(transaction, caller))) throw notFound(`Pack '${ref}'`);
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
