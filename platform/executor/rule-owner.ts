import { componentTarget } from '../auth/authorization-targets';
import { rightsFromGrants } from '../auth/rights';
import type { Transaction } from '../store/database/connection';
import { listAssignedPermissionSets } from '../store/identities/grants';
import { isIdentityFrozen } from '../store/identities/identity-admin';
import type { RuleToEvaluate } from '../store/events/rules';

interface ActionName {
  readonly id: number;
  readonly ref: string;
  readonly pack_ref: string;
}

/**
 * Why a rule may not execute an action on behalf of its owner; null where it may. The owner's
 * current rights apply. A rule of a pack has no owner and acts for the system.
 */
export async function ownerDenialReason(
  transaction: Transaction,
  rule: RuleToEvaluate,
  action: ActionName,
): Promise<string | null> {
  if (rule.owner_gone)
    return 'the owner of the rule was deleted: the next identity that updates the rule becomes its owner';
  const { owner } = rule;
  if (owner === null) return null;
  if (await isIdentityFrozen(transaction, owner)) return `identity ${owner}, which owns the rule, is frozen`;
  const grants = (await listAssignedPermissionSets(transaction, owner)).flatMap((set) => set.grants);
  const rights = await rightsFromGrants(transaction, owner, grants);
  if (rights.allows('actions', 'execute', componentTarget(action))) return null;
  return `identity ${owner}, which owns the rule, may not execute ${action.ref}`;
}
