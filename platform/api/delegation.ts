import type { Transaction } from '../store/database';
import { holdsAll } from '../store/delegation';
import { assignedSets, namedSets, STANDARD } from '../store/grants';
import { Refusal } from '../refusal';
import type { Caller } from './context';
import { notFound } from './errors';
import { bypassesGrants, setsOf } from './grants';

/**
 * Refuses to hand on what the caller does not hold: each set must be theirs, or grant nothing that they are not granted.
 * Throws NOT_FOUND for a set that does not exist, FORBIDDEN for one that is not theirs to give.
 */
export async function requireDelegable(
  transaction: Transaction,
  caller: Caller,
  refs: readonly string[] | null | undefined,
): Promise<void> {
  const wanted = [...new Set(refs)].filter((ref) => ref !== STANDARD);
  if (wanted.length === 0) return;
  const found = await namedSets(transaction, wanted);
  const missing = wanted.find((ref) => !found.some((set) => set.ref === ref));
  if (missing !== undefined) throw notFound(`Permission set '${missing}'`);
  if (bypassesGrants(caller)) return;
  const held = await setsOf(transaction, caller);
  const foreign = found.find((set) => !holdsAll(held, set));
  if (foreign) throw new Refusal('FORBIDDEN', `Permission set '${foreign.ref}' is not yours to give`);
}

/**
 * Refuses to make oneself another: whoever does not hold all that an identity holds may set no password of it and make no
 * token for it, whatever else they manage. Throws FORBIDDEN.
 */
export async function requireImpersonable(transaction: Transaction, caller: Caller, identity: number): Promise<void> {
  if (identity === caller.identity && caller.tokenType === 'access') return;
  const sets = await assignedSets(transaction, identity);
  if (sets.length === 0) return;
  const held = await setsOf(transaction, caller);
  const foreign = sets.find((set) => !holdsAll(held, set));
  if (foreign)
    throw new Refusal('FORBIDDEN', `Identity ${identity} holds '${foreign.ref}', which is not yours to give`);
}
