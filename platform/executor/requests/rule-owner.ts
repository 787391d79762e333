import { componentTarget } from '../../auth/authorization-targets';
import { rightsOfIdentity } from '../../auth/rights';
import type { Transaction } from '../../store/database/connection';
import { isIdentityFrozen } from '../../store/identities/identity-admin';
import type { RuleToEvaluate } from '../../store/events/rules';

/** The owner of a rule or a work queue. */
export type Owned = Pick<RuleToEvaluate, 'owner' | 'owner_gone'>;

interface ActionName {
  readonly id: number;
  readonly ref: string;
  readonly pack_ref: string;
}

/**
 * Why a rule or a work queue may not execute an action on behalf of its owner; null where it may.
 * The owner's current rights apply. One of a pack has no owner and acts for the system.
 */
export async function ownerDenialReason(
  transaction: Transaction,
  kind: 'rule' | 'queue',
  { owner, owner_gone }: Owned,
  action: ActionName,
): Promise<string | null> {
  if (owner_gone)
    return `the owner of the ${kind} was deleted: the next identity that updates the ${kind} becomes its owner`;
  if (owner === null) return null;
  if (await isIdentityFrozen(transaction, owner)) return `identity ${owner}, which owns the ${kind}, is frozen`;
  const rights = await rightsOfIdentity(transaction, owner);
  if (rights.allows('actions', 'execute', componentTarget(action))) return null;
  return `identity ${owner}, which owns the ${kind}, may not execute ${action.ref}`;
}
