import { sql, type Selectable } from 'kysely';
import {
  QUEUE_ITEM_STATUSES,
  type NewQueueItem,
  type QueueItem,
  type QueueItemFilter,
  type UpdateQueueItem,
} from '../../../contract/queues';
import type { Json, JsonObject } from '../../../contract/json';
import { mergePatch } from '../../core/queue/merge-patch';
import { extractSecrets } from '../../core/secrets/extract-secrets';
import { propertyTaint, schemaTaint } from '../../core/secrets/schema-taint';
import { mergeTaints } from '../../core/secrets/taint';
import { DomainError } from '../../base/domain-error';
import { asJson, now, type Transaction } from '../database/connection';
import { countRows, equalColumns, type CountedRows, type RowRange } from '../database/list-rows';
import { notifyQueues } from '../database/notify';
import type { Tables } from '../database/tables';
import { optionalJson, patchedValue } from '../packs/packs';
import { formerSchemas } from '../packs/former-schemas';
import type { QueueRow } from './queues';

export type QueueItemRow = Selectable<Tables['work_queue_item']>;

/** In the order in which they are leased. BAD_REQUEST for an unknown status. */
export async function listItems(
  transaction: Transaction,
  queue: number,
  { item_key, enqueue_source, statuses }: QueueItemFilter,
  { offset, limit }: RowRange,
): Promise<CountedRows<QueueItemRow>> {
  const known = statuses === undefined ? null : parseStatuses(statuses);
  const matching = transaction
    .selectFrom('work_queue_item')
    .where(equalColumns<'work_queue_item'>({ queue, item_key, enqueue_source }))
    .where(known === null ? sql<boolean>`true` : sql<boolean>`status = any(${known}::text[])`);
  const page = matching
    .selectAll()
    .orderBy('priority', 'desc')
    .orderBy('created')
    .orderBy('id')
    .offset(offset)
    .limit(limit);
  const size = await transaction.selectFrom(page.as('page')).select(itemBytes).executeTakeFirstOrThrow();
  if (size.bytes > MAX_PAGE_BYTES) throw pageTooLarge(size.bytes);
  return { rows: await page.execute(), total: await countRows(matching) };
}

/** Of the items of one response. */
const MAX_PAGE_BYTES = 64 * 1_024 ** 2;

/** Counted before they are read: they are in memory several times until they are sent. */
const itemBytes = sql<number>`coalesce(sum(octet_length(payload::text) + octet_length(metadata::text)
  + coalesce(octet_length(ack_summary::text), 0)), 0)::bigint`.as('bytes');

const pageTooLarge = (bytes: number) =>
  new DomainError('VALIDATION_ERROR', `The items of this page have ${bytes} bytes: at most ${MAX_PAGE_BYTES}`, {
    path: 'per_page',
    hint: 'give a smaller page',
  });

function parseStatuses(text: string): string[] {
  const statuses = text.split(',').map((status) => status.trim());
  const unknown = statuses.find((status) => !QUEUE_ITEM_STATUSES.some((known) => known === status));
  if (unknown === undefined) return statuses;
  throw new DomainError('BAD_REQUEST', `status ${unknown} is not one of ${QUEUE_ITEM_STATUSES.join(', ')}`, {
    path: 'statuses',
  });
}

const selectItem = (transaction: Transaction, queue: number, id: number) =>
  transaction.selectFrom('work_queue_item').selectAll().where('id', '=', id).where('queue', '=', queue);

/** The item of a queue; null where there is none. */
export async function findItem(transaction: Transaction, queue: number, id: number): Promise<QueueItemRow | null> {
  return (await selectItem(transaction, queue, id).executeTakeFirst()) ?? null;
}

/** The item of a queue, locked until the commit; null where there is none. */
export async function lockItem(transaction: Transaction, queue: number, id: number): Promise<QueueItemRow | null> {
  return (await selectItem(transaction, queue, id).forUpdate().executeTakeFirst()) ?? null;
}

/**
 * Its items that no execution processes, with this key; no other with it is added until the
 * commit.
 */
export async function lockPendingItems(
  transaction: Transaction,
  queue: number,
  key: string,
): Promise<readonly QueueItemRow[]> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`work_queue_item:${queue}:${key}`}, 0))`.execute(
    transaction,
  );
  return transaction
    .selectFrom('work_queue_item')
    .selectAll()
    .where('queue', '=', queue)
    .where('item_key', '=', key)
    .where('status', 'in', ['queued', 'retry'])
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Who adds an item. */
export interface Requester {
  readonly identity: number;
  /** Of the execution that adds it: its chain of causes, and the depth of what it causes. */
  readonly cause?: { readonly correlation_id: string; readonly causation_depth: number };
  /** Why the item is not processed: it has failed at once. */
  readonly rejection?: string;
  /** How long the requester may still change it, before an execution takes it, ms. */
  readonly changeableMs?: number;
}

/** Adds an item, and notifies the executors. */
export async function insertItem(
  transaction: Transaction,
  { id, ref, default_priority }: QueueRow,
  { payload, item_key = null, priority, metadata = {} }: NewQueueItem,
  { identity, cause, rejection, changeableMs = 0 }: Requester,
): Promise<QueueItemRow> {
  const row = await transaction
    .insertInto('work_queue_item')
    .values({
      queue: id,
      queue_ref: ref,
      item_key,
      priority: priority ?? default_priority,
      payload: asJson(payload),
      metadata: asJson(metadata),
      requested_by_identity: identity,
      ...cause,
      ...(rejection !== undefined && { status: 'failed', last_error: rejection }),
      ...(changeableMs > 0 && { not_before: sql<string>`${now} + ${changeableMs} * interval '1 ms'` }),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await notifyQueues(transaction);
  return row;
}

/** Payload, metadata and priority of a pending item that another one with its key changes. */
export function changedByDuplicate(
  { update_strategy, default_priority }: QueueRow,
  item: QueueItemRow,
  { payload, metadata = {}, priority }: NewQueueItem,
): { payload: Json; metadata: QueueItemRow['metadata']; priority: number } {
  if (update_strategy === 'replace') return { payload, metadata, priority: priority ?? default_priority };
  return {
    payload: mergePatch(item.payload, payload),
    metadata: mergePatch(item.metadata, metadata) as QueueItemRow['metadata'],
    priority: priority ?? item.priority,
  };
}

/** Absent fields are kept; `cause`: of the execution that changes it, where that is deeper. */
export const updateItem = (
  transaction: Transaction,
  id: number,
  { item_key, priority, payload, metadata }: UpdateQueueItem,
  cause?: Requester['cause'],
): Promise<QueueItemRow> =>
  transaction
    .updateTable('work_queue_item')
    .set({
      item_key: patchedValue(item_key),
      priority,
      payload: optionalJson(payload),
      metadata: optionalJson(metadata),
      updated: now,
      ...cause,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();

export async function removeItem(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('work_queue_item').where('id', '=', id).execute();
  await notifyQueues(transaction);
}

/** Whether no execution processes it, or has. */
export const isPending = ({ status }: QueueItemRow): boolean => status === 'queued' || status === 'retry';

const shownPayload = (payload: Json, schemas: readonly JsonObject[]): Json =>
  extractSecrets(
    payload,
    schemas
      .flatMap((schema) => [schemaTaint(schema, payload), propertyTaint(schema, payload)])
      .reduce(mergeTaints, null),
  ).document;

/** Returns what shows an item of a queue: without what its schema declares secret, or did. */
export async function itemsOfQueue(
  transaction: Transaction,
  { ref, item_schema }: QueueRow,
): Promise<(row: QueueItemRow) => QueueItem> {
  const formers = await formerSchemas(transaction, 'queue', ref);
  return (row) => toQueueItem(row, shownPayload(row.payload, [item_schema, ...formers]));
}

const toQueueItem = (row: QueueItemRow, payload: Json): QueueItem => ({
  id: row.id,
  queue: row.queue,
  queue_ref: row.queue_ref,
  item_key: row.item_key,
  priority: row.priority,
  status: row.status,
  payload,
  metadata: row.metadata,
  enqueue_source: row.enqueue_source,
  requested_by_identity: row.requested_by_identity,
  requested_by_execution: row.requested_by_execution,
  requested_by_enforcement: row.requested_by_enforcement,
  leased_execution: row.leased_execution,
  lease_token: row.lease_token,
  lease_expires_at: row.lease_expires_at,
  attempt_count: row.attempt_count,
  last_error: row.last_error,
  ack_summary: row.ack_summary,
  created: row.created,
  updated: row.updated,
});
