import type { Transaction } from '../store/database/connection';
import type { Author } from '../store/packs/author';
import { SYSTEM_IDENTITY } from '../store/events/rules';
import type { Caller } from './caller';
import { heldSetRefs, isImpersonable } from './delegation';

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
  const mayKeep = !isGone && (await isImpersonable(transaction, caller, owner ?? SYSTEM_IDENTITY));
  return mayKeep ? owner : caller.identity;
}

/** The caller as the author of what it saves. */
export const authorOf = async (transaction: Transaction, caller: Caller): Promise<Author> => ({
  identity: caller.owner,
  heldSetRefs: await heldSetRefs(transaction, caller),
});
