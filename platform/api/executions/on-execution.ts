import type { Execution, LogEntry } from '../../../contract/executions';
import { executionTarget } from '../../auth/authorization-targets';
import type { Caller } from '../../auth/caller';
import { insufficientPermissions } from '../../auth/grants';
import type { Rights } from '../../auth/rights';
import { requireFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { findExecutionRows, getExecution, listChildRows } from '../../store/executions/executions';
import type { FindReadable } from '../../store/executions/tree';

interface ExecutionCall {
  readonly transaction: Transaction;
  readonly caller: Caller;
  readonly params: { readonly id: number };
}

/** Requirements of a route on one execution: NOT_FOUND, then FORBIDDEN. */
export const onExecution = {
  load: ({ transaction, params: { id } }: ExecutionCall) => loadExecution(transaction, id),
  target: ({ transaction, caller, loaded }: ExecutionCall & { readonly loaded: Execution }) =>
    executionTarget(transaction, caller, loaded),
};

const loadExecution = async (transaction: Transaction, id: number): Promise<Execution> =>
  requireFound(await getExecution(transaction, id), `Execution ${id}`);

/** A function that finds the ids of those executions that the caller may read. */
export const readableAmong =
  (transaction: Transaction, caller: Caller, rights: Rights): FindReadable =>
  async (rows) => {
    const readable = new Set<number>();
    const readsAll = rights.allowsAll('executions', 'read');
    for (const row of rows) {
      if (readsAll || rights.allows('executions', 'read', await executionTarget(transaction, caller, row)))
        readable.add(row.id);
    }
    return readable;
  };

/** Those entries of a log whose executions the caller may read. */
export async function readableEntries(
  transaction: Transaction,
  caller: Caller,
  rights: Rights,
  entries: readonly LogEntry[],
): Promise<LogEntry[]> {
  if (rights.allowsAll('executions', 'read')) return [...entries];
  const ids = [...new Set(entries.map(({ execution }) => execution))];
  const readable = await readableAmong(transaction, caller, rights)(await findExecutionRows(transaction, ids));
  return entries.filter(({ execution }) => readable.has(execution));
}

/**
 * FORBIDDEN for an execution with a task that the caller may not read: a replay shows what the
 * results of the tasks lead to.
 */
export async function requireReadableTasks({
  transaction,
  caller,
  rights,
  loaded: { id },
}: ExecutionCall & { readonly rights: () => Promise<Rights>; readonly loaded: Execution }): Promise<void> {
  const known = await rights();
  if (known.allowsAll('executions', 'read')) return;
  const tasks = await listChildRows(transaction, id);
  const readable = await readableAmong(transaction, caller, known)(tasks);
  if (readable.size < tasks.length) throw insufficientPermissions('executions', 'read');
}
