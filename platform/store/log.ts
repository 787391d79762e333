import { sql } from 'kysely';
import type { LogEntry, LogPage, LogType } from '../../contract/executions';
import type { JsonObject } from '../../contract/json';
import { asJson, type Transaction } from './database';
import { Refusal } from '../refusal';

export interface NewEntry {
  readonly root: number;
  readonly execution: number;
  readonly worker?: number | null;
  readonly type: LogType;
  readonly payload?: JsonObject;
}

/** Appends to the one append-only log, in the order given, within the transaction that made it true. */
export async function append(transaction: Transaction, entries: readonly NewEntry[]): Promise<void> {
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

/** `(created_at, seq)` of the last entry read, as an opaque word. */
const cursorOf = (entry: { created_at: string; seq: number }): string =>
  Buffer.from(`${entry.created_at} ${entry.seq}`).toString('base64url');

/** Of a date that exists: the database would refuse the others. */
function isInstant(text: string): boolean {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 19) === text.slice(0, 19);
}

function readCursor(cursor: string): { at: string; seq: number } {
  const [, at, seq] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (at && seq && isInstant(at)) return { at, seq: Number(seq) };
  throw new Refusal('VALIDATION_ERROR', 'cursor is not one that this log gave out', {
    reason: 'CURSOR_INVALID',
    path: 'cursor',
    hint: 'give the `next` of an earlier answer, or leave it out to start at the beginning',
  });
}

/**
 * Entries after `cursor`, oldest first, at most `limit`: of the whole tree for a root, of itself for a child. Passes over
 * what a still open transaction could come before, so that no late commit lands behind a cursor. NOT_FOUND, CURSOR_INVALID.
 */
export async function readLog(
  transaction: Transaction,
  id: number,
  cursor: string | null,
  limit: number,
): Promise<LogPage> {
  const execution = await transaction
    .selectFrom('execution')
    .select(['id', 'root'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!execution) throw new Refusal('NOT_FOUND', `Execution ${id} not found`);
  const after = cursor ? readCursor(cursor) : null;
  let query = transaction
    .selectFrom('execution_event')
    .select(['seq', 'created_at', 'root', 'execution', 'worker', 'type', 'payload'])
    .where(execution.root === id ? 'root' : 'execution', '=', id)
    .where(sql<boolean>`xid < pg_snapshot_xmin(pg_current_snapshot())`)
    .orderBy('created_at')
    .orderBy('seq')
    .limit(limit);
  if (after) query = query.where(sql<boolean>`(created_at, seq) > (${after.at}::timestamptz, ${after.seq}::bigint)`);
  const entries: LogEntry[] = await query.execute();
  const last = entries.at(-1);
  return { entries, next: last ? cursorOf(last) : (cursor ?? '') };
}
