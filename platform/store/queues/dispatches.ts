import { sql } from 'kysely';
import { now, type Database, type Transaction } from '../database/connection';
import { countRows } from '../database/list-rows';
import type { QueueItemRow } from './items';
import type { QueueRow } from './queues';

export interface DueQueue {
  readonly queue: number;
  readonly tenant: number;
}

/** Queues of all tenants that have something to do. */
export async function listDueQueues(db: Database): Promise<readonly DueQueue[]> {
  const { rows } = await db.singleStatement((transaction) =>
    sql<DueQueue>`select queue, tenant from due_queues()`.execute(transaction),
  );
  return rows;
}

/** Locks it; null where it is gone or another executor dispatches it. */
export async function lockQueue(transaction: Transaction, id: number): Promise<QueueRow | null> {
  const query = transaction.selectFrom('work_queue').selectAll().where('id', '=', id);
  return (await query.forNoKeyUpdate().skipLocked().executeTakeFirst()) ?? null;
}

/** The executions that process items of a locked queue. */
export const countOpenDispatches = (transaction: Transaction, queue: number): Promise<number> =>
  countRows(transaction.selectFrom('work_queue_dispatch').where('queue', '=', queue).where('status', '=', 'open'));

/** Whether no execution may be requested before an instant ahead. */
export async function isDelayed(transaction: Transaction, { id }: QueueRow): Promise<boolean> {
  const query = transaction
    .selectFrom('work_queue')
    .select('id')
    .where('id', '=', id)
    .where('next_dispatch_at', '>', now);
  return (await query.executeTakeFirst()) !== undefined;
}

/**
 * The next items, in order, locked; those that are kept from the queue for now, and those that
 * someone else changes, are left out.
 */
export const lockReadyItems = (transaction: Transaction, queue: number, most: number): Promise<QueueItemRow[]> =>
  transaction
    .selectFrom('work_queue_item')
    .selectAll()
    .where('queue', '=', queue)
    .where('status', 'in', ['queued', 'retry'])
    .where(({ eb, or }) => or([eb('not_before', 'is', null), eb('not_before', '<=', now)]))
    .orderBy('priority', 'desc')
    .orderBy('created')
    .orderBy('id')
    .limit(most)
    .forUpdate()
    .skipLocked()
    .execute();

export async function insertDispatch(transaction: Transaction, queue: number, count: number): Promise<number> {
  const insert = transaction.insertInto('work_queue_dispatch').values({ queue, leased_item_count: count });
  return (await insert.returning('id').executeTakeFirstOrThrow()).id;
}

/** Leases locked items to an execution; each lease is one attempt. */
export async function leaseItems(
  transaction: Transaction,
  items: readonly QueueItemRow[],
  { dispatch, execution, leaseSeconds }: { dispatch: number; execution: number; leaseSeconds: number },
): Promise<void> {
  await transaction.updateTable('work_queue_dispatch').set({ execution }).where('id', '=', dispatch).execute();
  await transaction
    .updateTable('work_queue_item')
    .set({
      status: 'leased',
      dispatch,
      leased_execution: execution,
      lease_token: sql<string>`gen_random_uuid()`,
      lease_expires_at: sql<string>`${now} + ${leaseSeconds}::double precision * interval '1 second'`,
      attempt_count: sql<number>`attempt_count + 1`,
      ack_summary: null,
      updated: now,
    })
    .where(
      'id',
      'in',
      items.map(({ id }) => id),
    )
    .execute();
}

/** Items that no execution can be requested for. */
export async function failItems(
  transaction: Transaction,
  items: readonly QueueItemRow[],
  error: string,
): Promise<void> {
  const ids = items.map(({ id }) => id);
  await transaction
    .updateTable('work_queue_item')
    .set({ status: 'failed', last_error: error, updated: now })
    .where('id', 'in', ids)
    .execute();
}

/** The last dispatch of a queue, with the chain of its execution; undefined before the first. */
export const findLastDispatch = (transaction: Transaction, queue: number) =>
  transaction
    .selectFrom('work_queue_dispatch as d')
    .leftJoin('execution as e', 'e.id', 'd.execution')
    .selectAll('d')
    .select(['e.correlation_id', 'e.causation_depth'])
    .where('d.queue', '=', queue)
    .orderBy('d.id', 'desc')
    .limit(1)
    .executeTakeFirst();

/** Whether it has neither items to lease nor leased ones. */
export async function isDrained(transaction: Transaction, queue: number): Promise<boolean> {
  const query = transaction.selectFrom('work_queue_item').select('id').where('queue', '=', queue);
  const left = await query.where('status', 'in', ['queued', 'retry', 'leased']).limit(1).executeTakeFirst();
  return left === undefined;
}

/** Executions were requested: the next one may be after the delay. */
export async function markStarted(transaction: Transaction, id: number, delaySeconds: number): Promise<void> {
  const next = sql<string>`${now} + ${delaySeconds}::double precision * interval '1 second'`;
  await transaction
    .updateTable('work_queue')
    .set({ started: true, next_dispatch_at: delaySeconds > 0 ? next : null })
    .where('id', '=', id)
    .execute();
}

/** Nothing is left. The delay goes on: it counts from one execution to the next. */
export async function markDrained(transaction: Transaction, id: number): Promise<void> {
  await transaction.updateTable('work_queue').set({ started: false }).where('id', '=', id).execute();
}
