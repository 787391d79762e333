import { sql } from 'kysely';
import type { LogEntry, LogPage, LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { isTerminal } from '../../../contract/status';
import { asJson, type Transaction } from '../database/connection';
import { DomainError } from '../../domain-error';

export interface NewLogEntry {
  readonly root: number;
  readonly execution: number;
  readonly worker?: number | null;
  readonly type: LogType;
  readonly payload?: JsonObject;
}

/**
 * Appends entries to the append-only log, in the given order, in the transaction that changes the
 * execution.
 */
export async function appendLog(transaction: Transaction, entries: readonly NewLogEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await transaction
    .insertInto('execution_event')
    .values(
      entries.map(({ root, execution, worker, type, payload }) => ({
        root,
        execution,
        worker: worker ?? null,
        type,
        payload: asJson(payload ?? {}),
      })),
    )
    .execute();
}

/** `(created_at, seq)` of the last entry read, as an opaque text. */
const encodeCursor = (entry: { created_at: string; seq: number }): string =>
  Buffer.from(`${entry.created_at} ${entry.seq}`).toString('base64url');

/** Whether the date exists: the database would reject it otherwise. */
function isDateTime(value: string): boolean {
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 19) === value.slice(0, 19);
}

function decodeCursor(cursor: string): { at: string; seq: number } {
  const [, at, seq] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (at && seq && isDateTime(at)) return { at, seq: Number(seq) };
  throw new DomainError('VALIDATION_ERROR', 'cursor was not returned by this log', {
    reason: 'CURSOR_INVALID',
    path: 'cursor',
    hint: 'use the `next` of an earlier response, or omit the cursor to start at the beginning',
  });
}

/**
 * Entries after `cursor`, oldest first, at most `limit`: of the whole tree for a root, of the
 * execution itself for a child. Leaves out entries that an open transaction may still precede, so
 * that a late commit never adds an entry before a cursor. Throws NOT_FOUND, CURSOR_INVALID.
 */
export async function readLog(
  transaction: Transaction,
  id: number,
  cursor: string | null,
  limit: number,
): Promise<LogPage> {
  const execution = await transaction
    .selectFrom('execution')
    .select(['id', 'root', 'status'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!execution) throw new DomainError('NOT_FOUND', `Execution ${id} not found`);
  const after = cursor ? decodeCursor(cursor) : null;
  const column = execution.root === id ? 'root' : 'execution';
  let query = transaction
    .selectFrom('execution_event')
    .select(['seq', 'created_at', 'root', 'execution', 'worker', 'type', 'payload'])
    .where(column, '=', id)
    .where(NO_ENTRY_CAN_PRECEDE)
    .orderBy('created_at')
    .orderBy('seq')
    .limit(limit);
  if (after) query = query.where(sql<boolean>`(created_at, seq) > (${after.at}::timestamptz, ${after.seq}::bigint)`);
  const entries: LogEntry[] = await query.execute();
  const last = entries.at(-1);
  const isLastPage = entries.length < limit && isTerminal(execution.status);
  const ended = isLastPage && !(await hasHeldBackEntries(transaction, column, id));
  return { entries, next: last ? encodeCursor(last) : (cursor ?? ''), ended };
}

const NO_ENTRY_CAN_PRECEDE = sql<boolean>`xid < pg_snapshot_xmin(pg_current_snapshot())`;

/** Whether the log has committed entries that no page shows yet. */
async function hasHeldBackEntries(
  transaction: Transaction,
  column: 'root' | 'execution',
  id: number,
): Promise<boolean> {
  const heldBack = await transaction
    .selectFrom('execution_event')
    .select('seq')
    .where(column, '=', id)
    .where(sql<boolean>`not ${NO_ENTRY_CAN_PRECEDE}`)
    .limit(1)
    .executeTakeFirst();
  return heldBack !== undefined;
}
