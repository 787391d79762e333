import type { ExecutionNode, TakenOver } from '../../../contract/executions';
import { isObject, type Json } from '../../../contract/json';
import type { Transaction } from '../database/connection';
import { DomainError } from '../../base/domain-error';
import { toExecutionSummary, type ExecutionRow } from '../lifecycle/execution-rows';
import { withoutNulls } from '../database/without-nulls';
import { isSuspended } from '../inquiries/end-inquiry';
import { listTakenOver } from './reruns';

const NOTHING_TAKEN_OVER: ReadonlyMap<number, TakenOver[]> = new Map();

/** An execution with its descendants, children in order of id. NOT_FOUND. */
export async function loadExecutionTree(transaction: Transaction, id: number): Promise<ExecutionNode> {
  const rows = await transaction
    .selectFrom('execution')
    .selectAll()
    .where('root', '=', (where) => where.selectFrom('execution').select('root').where('id', '=', id))
    .orderBy('id')
    .execute();
  if (rows.length === 0) throw new DomainError('NOT_FOUND', `Execution ${id} not found`);
  const takenOver = rows.some(({ rerun_of }) => rerun_of !== null)
    ? await listTakenOver(transaction, rows[0]!.root)
    : NOTHING_TAKEN_OVER;
  const byParent = groupByParent(rows);
  const paused = new Set(rows.flatMap(({ id, status }) => (status === 'paused' ? [id] : [])));
  const isPaused = (id: number | null): boolean => id !== null && paused.has(id);
  const toNode = (row: ExecutionRow): ExecutionNode => ({
    ...toExecutionSummary(transaction, row),
    ...toFailure(row.result),
    attempt: row.attempt,
    timeout_level: row.timeout_level,
    stdout_tail: row.stdout_tail,
    stderr_tail: row.stderr_tail,
    waiting_for: describeWait(row, byParent.get(row.id) ?? [], isPaused(row.parent)),
    ...withoutNulls({ taken_over: takenOver.get(row.id) ?? null }),
    children: (byParent.get(row.id) ?? []).map(toNode),
  });
  return toNode(rows.find((row) => row.id === id)!);
}

function groupByParent(rows: readonly ExecutionRow[]): Map<number, ExecutionRow[]> {
  const groups = new Map<number, ExecutionRow[]>();
  for (const row of rows) {
    if (row.parent !== null) groups.set(row.parent, [...(groups.get(row.parent) ?? []), row]);
  }
  return groups;
}

function toFailure(result: Json): { exit_code: number | null; error: string | null } {
  const fields = isObject(result) ? result : {};
  return {
    exit_code: typeof fields.exit_code === 'number' ? fields.exit_code : null,
    error: typeof fields.error === 'string' ? fields.error : null,
  };
}

/** What an execution that has not ended waits for, as a phrase; null once it has ended. */
function describeWait(row: ExecutionRow, children: readonly ExecutionRow[], isHeld: boolean): string | null {
  if (row.finished_at !== null) return null;
  if (row.status === 'paused') return 'its resume';
  if (row.status === 'requested' && isHeld) return 'the resume of its workflow';
  if (row.status === 'requested' && !row.released) return 'its turn: the concurrency of its task is used up';
  if (row.status === 'requested' && row.due_at !== null) return `its retry at ${row.due_at}`;
  if (row.status === 'requested') return 'a worker that can run it';
  if (row.status === 'scheduled') return `worker ${String(row.worker)} to start it`;
  const unfinished = children.filter((child) => child.finished_at === null).map((child) => child.id);
  if (unfinished.length > 0) return `execution ${unfinished.join(', ')} to end`;
  if (isSuspended(row)) return `inquiry ${String(row.awaits)} to be answered`;
  return row.worker === null ? 'its workflow to advance' : `its process on worker ${row.worker}`;
}
