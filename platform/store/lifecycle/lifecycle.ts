import { sql } from 'kysely';
import type { Status } from '../../../contract/status';
import type { Transaction } from '../database/connection';
import { assignments, CHANGED, logged, parentNotified, released, statusesBefore, type Change } from './transition-sql';

/** The caller requested a status that may not follow the current one: a programming error. */
export class IllegalTransition extends Error {
  constructor(execution: number, from: Status | null, to: Status) {
    super(`execution ${execution} cannot go from ${from ?? 'nowhere: it does not exist'} to ${to}`);
    this.name = 'IllegalTransition';
  }
}

/**
 * Changes the status of executions, with everything that follows from it, in one statement. Every
 * status that the platform writes is written here, by `insertFailed`, or by the fenced statements
 * of attempts.ts and suspend-attempt.ts, which are built from the same parts.
 *
 * The edges are those of `NEXT` (contract/status.ts); the trigger `execution_edges` rejects all
 * others in plain SQL as well. The update locks the rows. Throws IllegalTransition where an
 * execution does not have a status that `to` may follow; the caller must then roll back.
 *
 * | to        | log entry of its own | columns          | lease    | parent   |
 * | --------- | -------------------- | ---------------- | -------- | -------- |
 * | requested |                      |                  | released |          |
 * | scheduled |                      | `assigned_at`    | kept     |          |
 * | running   | EXECUTION_STARTED, or EXECUTION_RESUMED after `paused` | | kept | |
 * | suspended | EXECUTION_SUSPENDED  | reason           | released |          |
 * | paused    | EXECUTION_PAUSED     |                  |          | notified |
 * | canceling |                      |                  | kept     |          |
 * | completed | EXECUTION_COMPLETED  | those of an end  | released | notified |
 * | failed    | EXECUTION_FAILED     | those of an end  | released | notified |
 * | cancelled | EXECUTION_CANCELLED  | those of an end  | released | notified |
 * | timeout   | EXECUTION_TIMED_OUT  | those of an end  | released | notified |
 * | abandoned | EXECUTION_ABANDONED  | those of an end  | released | notified |
 *
 * Columns of an end: `finished_at`, `timeout_level`, `timed_out`.
 *
 * The rule of the log: an execution logs its own start and end, each once, unless it is a task.
 * The workflow logs its tasks when it processes their signals: STEP_STARTED, and STEP_COMPLETED,
 * STEP_FAILED, STEP_CANCELLED or STEP_RETRIED. A workflow run logs its own start and end also
 * where it is a task of another workflow. The payload of an end is `error` and `message` of the
 * result. Entries of `change.log` are written for tasks as well.
 */
export async function transition(
  transaction: Transaction,
  executions: number | readonly number[],
  to: Status,
  change: Change = {},
): Promise<void> {
  const ids = [executions].flat();
  if (ids.length === 0) return;
  const { rows } = await sql<{ id: number }>`
    with changed as (
      update execution set ${assignments(to, change)}
      where id = any(${ids}::bigint[]) and status = any(${statusesBefore(to)}::text[])
      returning ${CHANGED}
    )${released(to)}${logged(to, change)}
    select c.id, ${parentNotified(to, change)} from changed c`.execute(transaction);
  if (rows.length === ids.length) return;
  const changed = new Set(rows.map(({ id }) => id));
  throw await illegal(
    transaction,
    ids.find((id) => !changed.has(id))!,
    to,
  );
}

async function illegal(transaction: Transaction, id: number, to: Status): Promise<IllegalTransition> {
  const row = await transaction.selectFrom('execution').select('status').where('id', '=', id).executeTakeFirst();
  return new IllegalTransition(id, row?.status ?? null, to);
}
