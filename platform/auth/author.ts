import type { Transaction } from '../store/database/connection';
import type { Author } from '../store/packs/author';
import { SYSTEM_IDENTITY } from '../store/events/rules';
import type { Caller } from './caller';
import { heldSetRefs, holdsSet, isImpersonable } from './delegation';

const ADMIN_SET = 'core.admin';

interface Owned {
  /** Null: the system's, from a pack. */
  readonly owner_identity: number | null;
  /** The owner was deleted. */
  readonly owner_gone: boolean;
}

/**
 * In whose name a rule or a work queue runs what the caller has changed: its owner's, where the
 * caller could act as the owner anyway, else the caller's.
 */
export async function ownerAfterChange(
  transaction: Transaction,
  caller: Caller,
  { owner_identity: owner, owner_gone: isGone }: Owned,
): Promise<number | null> {
  const mayKeep = !isGone && (await mayActAs(transaction, caller, owner));
  return mayKeep ? owner : caller.identity;
}

/**
 * Whether the caller holds all that the owner holds. Of the system, that is the set of
 * administrators, too: its identity belongs to one tenant, and holds nothing in others.
 */
const mayActAs = async (transaction: Transaction, caller: Caller, owner: number | null): Promise<boolean> =>
  (owner !== null || (await holdsSet(transaction, caller, ADMIN_SET))) &&
  (await isImpersonable(transaction, caller, owner ?? SYSTEM_IDENTITY));

/** The caller as the author of what it saves. */
export const authorOf = async (transaction: Transaction, caller: Caller): Promise<Author> => ({
  identity: caller.owner,
  heldSetRefs: await heldSetRefs(transaction, caller),
});
