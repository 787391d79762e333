import type { TaskAction } from '../core/workflow/named-actions';
import { DomainError } from '../domain-error';
import type { Transaction } from '../store/database/connection';
import { findActionToExecute, type ActionToExecute } from '../store/executions/executions';
import { componentTarget, packTarget } from './authorization-targets';
import type { Rights } from './rights';

type NamedAction = Pick<ActionToExecute, 'id' | 'ref' | 'pack_ref'>;

/**
 * Whether a saver with these rights may name the action in a workflow of the pack: one that may
 * execute it, or may register the pack of both, which decides what the action does.
 */
export const mayName = (rights: Rights, packRef: string | null, action: NamedAction): boolean =>
  rights.allows('actions', 'execute', componentTarget(action)) ||
  (action.pack_ref === packRef &&
    rights.allows('packs', 'install', packTarget({ ref: action.pack_ref, installed_by: null })));

/**
 * FORBIDDEN for the first task that names an action which its saver may not name. One that does
 * not exist yet is evaluated when the task starts.
 */
export async function requireNameable(
  transaction: Transaction,
  rights: Rights,
  packRef: string,
  tasks: readonly TaskAction[],
): Promise<void> {
  const evaluated = new Set<string>();
  for (const { task, action: ref } of tasks) {
    if (evaluated.has(ref)) continue;
    evaluated.add(ref);
    const action = await findActionToExecute(transaction, ref);
    if (action === null || mayName(rights, packRef, action)) continue;
    throw new DomainError(
      'FORBIDDEN',
      `Insufficient permissions: actions:execute of '${ref}', which task '${task}' names`,
    );
  }
}
