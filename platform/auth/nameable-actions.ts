import type { NamedAction } from '../core/workflow/named-actions';
import { DomainError } from '../base/domain-error';
import type { Transaction } from '../store/database/connection';
import { findActionToExecute, type ActionToExecute } from '../store/executions/executions';
import { componentTarget, packTarget } from './authorization-targets';
import type { Rights } from './rights';

type ExistingAction = Pick<ActionToExecute, 'id' | 'ref' | 'pack_ref'>;

/**
 * Whether a saver with these rights may name the action in a workflow or rule of the pack: one
 * that may execute it, or may register the pack of both, which decides what the action does.
 */
export const mayName = (rights: Rights, packRef: string | null, action: ExistingAction): boolean =>
  rights.allows('actions', 'execute', componentTarget(action)) ||
  (action.pack_ref === packRef &&
    rights.allows('packs', 'install', packTarget({ ref: action.pack_ref, installed_by: null })));

/**
 * FORBIDDEN for the first action that its saver may not name. One that does not exist yet is
 * evaluated when its task starts; a rule without its action is not saved.
 */
export async function requireNameable(
  transaction: Transaction,
  rights: Rights,
  packRef: string,
  named: readonly NamedAction[],
): Promise<void> {
  const evaluated = new Set<string>();
  for (const { action: ref, namedBy } of named) {
    if (evaluated.has(ref)) continue;
    evaluated.add(ref);
    const action = await findActionToExecute(transaction, ref);
    if (action === null || mayName(rights, packRef, action)) continue;
    throw new DomainError('FORBIDDEN', `Insufficient permissions: actions:execute of '${ref}', which ${namedBy} names`);
  }
}
