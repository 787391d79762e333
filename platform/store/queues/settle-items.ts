import { sql } from 'kysely';
import { ackInResult, effectiveStatus, evaluateAck, type ItemAck } from '../../core/queue/acknowledgement';
import { parseQueueConfig } from '../../core/queue/queue-config';
import type { JsonObject } from '../../../contract/json';
import { asJson, now, type Transaction } from '../database/connection';
import { notifyQueues } from '../database/notify';
import type { AttemptLease, AttemptOutcome } from '../lifecycle/attempt';

interface LeasedItems {
  readonly dispatch: number;
  readonly config: JsonObject;
  readonly batch_mode: 'single' | 'batch';
  readonly items: readonly { readonly id: number; readonly attempts: number }[];
}

/** How an execution ends. */
interface ExecutionEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly result: JsonObject;
}

/**
 * Settles the items of an attempt that ends under its lease: as `settleItems`. An attempt without
 * the lease, without items, or that suspends, changes nothing.
 */
export async function settleLeasedItems(
  transaction: Transaction,
  held: AttemptLease,
  outcome: AttemptOutcome,
): Promise<AttemptOutcome> {
  const dispatch = await findOpenDispatch(transaction, held, outcome);
  return settleItems(transaction, dispatch, outcome);
}

/**
 * Evaluates the acknowledgement in the result of an execution, and writes what becomes of the
 * items of its dispatch. Returns the end: `failed` where a completed execution has no valid
 * acknowledgement. Null, or a dispatch that is closed, changes nothing.
 */
export async function settleItems<E extends ExecutionEnd>(
  transaction: Transaction,
  dispatch: number | null,
  outcome: E,
): Promise<E> {
  const leased = dispatch === null ? null : await loadLeasedItems(transaction, dispatch);
  if (leased === null) return outcome;
  const config = parseQueueConfig(leased.config, leased.batch_mode);
  const ack = ackInResult(outcome.result);
  const ids = leased.items.map(({ id }) => id);
  const verdict = evaluateAck(ack, ids, config.ackVersion);
  if (verdict.is === 'valid') {
    const attempts = new Map(leased.items.map((item) => [item.id, item.attempts]));
    await writeEnds(
      transaction,
      leased.dispatch,
      verdict.items.map((item) => acknowledgedEnd(item, attempts.get(item.id)!, config.retryLimit)),
    );
    return { ...outcome, result: { ...outcome.result, queue_ack: ack! } };
  }
  const { code, message } = verdict;
  await writeEnds(
    transaction,
    leased.dispatch,
    leased.items.map(({ id, attempts }) => unacknowledgedEnd(id, attempts, config.retryLimit, message)),
  );
  if (outcome.status !== 'completed') return outcome;
  const error = { succeeded: false, error: message, queue_ack_error: { code, message } };
  return { ...outcome, status: 'failed', result: { ...outcome.result, ...error } };
}

/** Null where there is nothing to settle. Locks the execution first, as every writer does. */
async function findOpenDispatch(
  transaction: Transaction,
  { execution, fencingToken }: AttemptLease,
  { status }: AttemptOutcome,
): Promise<number | null> {
  const row = await transaction
    .selectFrom('execution')
    .select(['status', 'awaits', 'queue_dispatch'])
    .where('id', '=', execution)
    .forUpdate()
    .executeTakeFirst();
  if (!row || row.queue_dispatch === null || (status === 'completed' && row.awaits !== null)) return null;
  if (row.status !== 'running' && row.status !== 'canceling') return null;
  const lease = await transaction
    .selectFrom('lease')
    .select('owner')
    .where('resource', '=', `execution:${execution}`)
    .where('fencing_token', '=', fencingToken)
    .executeTakeFirst();
  return lease ? row.queue_dispatch : null;
}

async function loadLeasedItems(transaction: Transaction, dispatch: number): Promise<LeasedItems | null> {
  const { rows } = await sql<LeasedItems>`
    select d.id as dispatch, q.config, q.batch_mode,
      coalesce((select json_agg(json_build_object('id', i.id, 'attempts', i.attempt_count) order by i.id)
        from work_queue_item i where i.dispatch = d.id and i.status = 'leased'), '[]') as items
    from work_queue_dispatch d join work_queue q on q.id = d.queue
    where d.id = ${dispatch} and d.status = 'open' for update of d`.execute(transaction);
  return rows[0] ?? null;
}

/** What becomes of one item. */
interface ItemEnd {
  readonly id: number;
  readonly status: string;
  readonly error: string | null;
  readonly summary: JsonObject | null;
}

function acknowledgedEnd({ id, status, summary, error }: ItemAck, attempts: number, retryLimit: number): ItemEnd {
  const effective = effectiveStatus(status, attempts, retryLimit);
  const differs = effective !== status && { effective_status: effective };
  const stated = { ...(summary !== undefined && { summary }), ...(typeof error === 'string' && { error }) };
  return { id, status: effective, error: error ?? null, summary: { status, ...differs, ...stated } };
}

const unacknowledgedEnd = (id: number, attempts: number, retryLimit: number, error: string): ItemEnd => ({
  id,
  status: effectiveStatus('retry', attempts, retryLimit),
  error,
  summary: null,
});

/** Closes the dispatch, and notifies the executors. */
async function writeEnds(transaction: Transaction, dispatch: number, ends: readonly ItemEnd[]): Promise<void> {
  await sql`
    update work_queue_item i set status = e.status, last_error = e.error, ack_summary = e.summary,
      leased_execution = null, lease_token = null, lease_expires_at = null, updated = ${now}
    from json_to_recordset(${asJson(ends as unknown as JsonObject[])}::json)
      as e (id bigint, status text, error text, summary json)
    where i.id = e.id and i.dispatch = ${dispatch} and i.status = 'leased'`.execute(transaction);
  await transaction
    .updateTable('work_queue_dispatch')
    .set({ status: 'closed', finished_at: now })
    .where('id', '=', dispatch)
    .execute();
  await notifyQueues(transaction);
}
