import { sql, type RawBuilder } from 'kysely';
import type { LogEntry, LogPage, LogType } from '../../../contract/executions';
import { ACTIVITY_TYPES, type ActivityEntry, type ActivityPage } from '../../../contract/tenant-workers';
import type { JsonObject } from '../../../contract/json';
import { isTerminal } from '../../../contract/status';
import { asJson, type Transaction } from '../database/connection';
import { DomainError } from '../../base/domain-error';

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
  const column = execution.root === id ? 'root' : 'execution';
  const page = await readEntries<LogEntry>(transaction, sql`${sql.ref(column)} = ${id}`, cursor, limit);
  const isLastPage = page.entries.length < limit && isTerminal(execution.status);
  const ended = isLastPage && !(await hasHeldBackEntries(transaction, column, id));
  return { ...page, ended };
}

/**
 * The same of a worker: what it ran for this tenant, and how its state changed. The types are
 * those of its index.
 */
export const readWorkerLog = (
  transaction: Transaction,
  worker: number,
  cursor: string | null,
  limit: number,
): Promise<ActivityPage> =>
  readEntries<ActivityEntry>(transaction, sql`worker = ${worker} and ${ACTIVITY}`, cursor, limit);

const ACTIVITY = sql`type in (${sql.join(ACTIVITY_TYPES.map((type) => sql.lit(type)))})`;

interface EntryPage<Entry> {
  readonly entries: Entry[];
  readonly next: string;
}

/** `Entry`: what the entries that meet the condition are. */
async function readEntries<Entry extends { created_at: string; seq: number }>(
  transaction: Transaction,
  condition: RawBuilder<unknown>,
  cursor: string | null,
  limit: number,
): Promise<EntryPage<Entry>> {
  const after = cursor ? decodeCursor(cursor) : null;
  const isAfter = after && sql`(created_at, seq) > (${after.at}::timestamptz, ${after.seq}::bigint)`;
  const { rows: entries } = await sql<Entry>`
    select seq, created_at, root, execution, worker, type, payload from execution_event
    where ${condition} and ${NO_ENTRY_CAN_PRECEDE} and ${isAfter ?? sql`true`}
    order by created_at, seq limit ${limit}`.execute(transaction);
  const last = entries.at(-1);
  return { entries, next: last ? encodeCursor(last) : (cursor ?? '') };
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
