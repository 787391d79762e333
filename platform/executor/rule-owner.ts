import { rightsFrom } from '../access/rights';
import type { Transaction } from '../store/database';
import { assignedSets } from '../store/grants';
import { isFrozen } from '../store/identity-admin';
import type { RuleToAsk } from '../store/rules';

interface Named {
  readonly id: number;
  readonly ref: string;
}

/**
 * Why a rule may not act for its owner, as a sentence; null where it may. What its owner may not execute now it does not
 * execute either. A rule that came with a pack has no owner, and acts for the system.
 */
export async function ownerRefusal(transaction: Transaction, rule: RuleToAsk, action: Named): Promise<string | null> {
  if (rule.owner_gone) return 'the owner of the rule was deleted: whoever updates it next owns it';
  const { owner } = rule;
  if (owner === null) return null;
  if (await isFrozen(transaction, owner)) return `identity ${owner}, which owns the rule, is frozen`;
  const grants = (await assignedSets(transaction, owner)).flatMap((set) => set.grants);
  const rights = await rightsFrom(transaction, owner, grants);
  const { id, ref } = action;
  if (rights.allows('actions', 'execute', { id, ref, packRef: ref.split('.')[0]!, owner: null })) return null;
  return `identity ${owner}, which owns the rule, may not execute ${ref}`;
}
