import type { ExecutionNode, TakenOver } from '../../../contract/executions';
import { isObject, type Json } from '../../../contract/json';
import type { Transaction } from '../database/connection';
import { DomainError } from '../../base/domain-error';
import { toExecutionSummary, type ExecutionRow } from '../lifecycle/execution-rows';
import { withoutNulls } from '../database/without-nulls';
import { listTakenOver } from './reruns';

const NOTHING_TAKEN_OVER: ReadonlyMap<number, TakenOver[]> = new Map();

const NO_OUTPUT = { exit_code: null, error: null, stdout_tail: '', stderr_tail: '', waiting_for: null };

/** Ids of those executions that the caller may read. */
export type FindReadable = (
  rows: readonly Pick<ExecutionRow, 'id' | 'action' | 'action_ref' | 'parent' | 'executor'>[],
) => Promise<ReadonlySet<number>>;

interface TreeReader {
  /** What those wait for that have not ended, as phrases; called where there is one. */
  readonly loadWaits: () => Promise<(execution: number) => string | null>;
  /** Of the others, a list shows as much. */
  readonly findReadable: FindReadable;
}

/** An execution with its descendants, children in order of id. NOT_FOUND. */
export async function loadExecutionTree(
  transaction: Transaction,
  id: number,
  { loadWaits, findReadable }: TreeReader,
): Promise<ExecutionNode> {
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
  const hasOpen = rows.some(({ finished_at }) => finished_at === null);
  const waitOf = hasOpen ? await loadWaits() : () => null;
  const byParent = groupByParent(rows);
  const readable = await findReadable(rows);
  const outputOf = (row: ExecutionRow) => ({
    ...toFailure(row.result),
    stdout_tail: row.stdout_tail,
    stderr_tail: row.stderr_tail,
    waiting_for: row.finished_at === null ? waitOf(row.id) : null,
    ...withoutNulls({ taken_over: takenOver.get(row.id) ?? null }),
  });
  const toNode = (row: ExecutionRow): ExecutionNode => ({
    ...toExecutionSummary(transaction, row),
    ...(readable.has(row.id) ? outputOf(row) : NO_OUTPUT),
    attempt: row.attempt,
    timeout_level: row.timeout_level,
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
