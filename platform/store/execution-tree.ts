import type { ExecutionNode } from '../../contract/executions';
import { isObject, type Json } from '../../contract/json';
import type { Transaction } from './database';
import { Refusal } from '../refusal';
import { summaryOf, type ExecutionRow } from './execution-rows';
import { isWaiting } from './inquiry-ends';

/** An execution with all that came of it: what evidence prints. Children in order of id. NOT_FOUND. */
export async function executionTree(transaction: Transaction, id: number): Promise<ExecutionNode> {
  const top = await transaction.selectFrom('execution').select('root').where('id', '=', id).executeTakeFirst();
  if (!top) throw new Refusal('NOT_FOUND', `Execution ${id} not found`);
  const rows = await transaction
    .selectFrom('execution')
    .selectAll()
    .where('root', '=', top.root)
    .orderBy('id')
    .execute();
  const byParent = groupByParent(rows);
  const node = (row: ExecutionRow): ExecutionNode => ({
    ...summaryOf(row),
    ...endOf(row.result),
    attempt: row.attempt,
    timeout_level: row.timeout_level,
    stdout_tail: row.stdout_tail,
    stderr_tail: row.stderr_tail,
    waiting_for: waitingFor(row, byParent.get(row.id) ?? []),
    children: (byParent.get(row.id) ?? []).map(node),
  });
  return node(rows.find((row) => row.id === id)!);
}

function groupByParent(rows: readonly ExecutionRow[]): Map<number, ExecutionRow[]> {
  const groups = new Map<number, ExecutionRow[]>();
  for (const row of rows) {
    if (row.parent !== null) groups.set(row.parent, [...(groups.get(row.parent) ?? []), row]);
  }
  return groups;
}

function endOf(result: Json): { exit_code: number | null; error: string | null } {
  const end = isObject(result) ? result : {};
  return {
    exit_code: typeof end.exit_code === 'number' ? end.exit_code : null,
    error: typeof end.error === 'string' ? end.error : null,
  };
}

/** Why an execution that has not ended is not getting on, as a sentence. */
function waitingFor(row: ExecutionRow, children: readonly ExecutionRow[]): string | null {
  if (row.finished_at !== null) return null;
  if (row.status === 'requested' && !row.released) return 'its turn: the concurrency of its task is used up';
  if (row.status === 'requested' && row.due_at !== null) return `its retry at ${row.due_at}`;
  if (row.status === 'requested') return 'a worker that can run it';
  if (row.status === 'scheduled') return `worker ${String(row.worker)} to start it`;
  const open = children.filter((child) => child.finished_at === null).map((child) => child.id);
  if (open.length > 0) return `execution ${open.join(', ')} to end`;
  if (isWaiting(row)) return `inquiry ${String(row.awaits)} to be answered`;
  return row.worker === null ? 'its workflow to advance' : `its process on worker ${row.worker}`;
}
