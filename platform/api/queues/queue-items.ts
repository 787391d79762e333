import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { Id, type Json } from '../../../contract/json';
import { NewQueueItem, QueueItem, QueueItemFilter, UpdateQueueItem } from '../../../contract/queues';
import { writeJson } from '../../../contract/json-text/write-json';
import { componentTarget } from '../../auth/authorization-targets';
import type { Caller } from '../../auth/caller';
import { valueErrors } from '../../core/schema/value-errors';
import { restoreValue } from '../../core/secrets/shown-document';
import { DomainError, notFound, requireFound } from '../../base/domain-error';
import { loopErrorAt } from '../../executor/requests/loop-limit';
import { processLoopAlert } from '../../executor/events/process-event';
import type { Transaction } from '../../store/database/connection';
import { findActionToExecute, findExecutionRow } from '../../store/executions/executions';
import { causedBy } from '../../store/executions/new-execution';
import {
  changedByDuplicate,
  findItem,
  insertItem,
  isPending,
  listItems,
  lockItem,
  lockPendingItems,
  removeItem,
  itemsOfQueue,
  updateItem,
  type QueueItemRow,
  type Requester,
} from '../../store/queues/items';
import type { QueueRow } from '../../store/queues/queues';
import { onComponent, refParams } from '../http/component-requirements';
import type { Api, ApiContext } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { listRoute } from '../http/list-route';
import { LONG_PAGES } from '../http/paging';
import { route } from '../http/route';
import { loadQueue, onQueue } from './queues';

const PATH = '/api/v1/queues/:ref/items';
const tags = ['queues'];
const itemParams = Type.Object({ ref: Type.String(), id: Id });
/** Bytes of a payload as JSON. */
const MAX_PAYLOAD_BYTES = 1_048_576;

export function queueItemsRoutes(api: Api, context: Pick<ApiContext, 'queueChangeMs'>): void {
  listRoute(api, {
    path: PATH,
    tags,
    params: refParams,
    grant: 'queues:read',
    filter: QueueItemFilter,
    item: QueueItem,
    pages: { ...LONG_PAGES, cap: 1_000 },
    ...onQueue,
    list: async ({ transaction, query, loaded, page }) => {
      const { rows, total } = await listItems(transaction, loaded.id, query, page);
      return { rows: rows.map(await itemsOfQueue(transaction, loaded)), total };
    },
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/:id`,
    extension: 'queues.item',
    grant: 'queues:read',
    schema: { tags, params: itemParams, response: { 200: dataEnvelope(QueueItem) } },
    ...onQueue,
    handle: async ({ transaction, params: { id }, loaded }) => {
      const item = requireFound(await findItem(transaction, loaded.id, id), `Queue item ${id}`);
      return { data: (await itemsOfQueue(transaction, loaded))(item) };
    },
  });

  enqueueRoute(api, context.queueChangeMs ?? 0);
  changeRoutes(api);
}

/** `changeableMs`: how long the client may change what it added, before an execution takes it. */
function enqueueRoute(api: Api, changeableMs: number): void {
  route(api, {
    method: 'POST',
    path: PATH,
    grant: 'queues:create',
    schema: {
      tags,
      params: refParams,
      body: NewQueueItem,
      response: { 200: dataEnvelope(QueueItem), 201: dataEnvelope(QueueItem) },
    },
    ...onComponent(loadQueue),
    handle: async ({ transaction, caller, body, loaded, setStatus }) => {
      const { row, isNew } = await enqueue(transaction, { caller, changeableMs }, loaded, body);
      setStatus(isNew ? 201 : 200);
      return { data: (await itemsOfQueue(transaction, loaded))(row) };
    },
  });
}

function changeRoutes(api: Api): void {
  const onItem = {
    load: async ({ transaction, params }: { transaction: Transaction; params: { ref: string; id: number } }) => {
      const queue = await loadQueue(transaction, params.ref);
      return { queue, item: await lockItem(transaction, queue.id, params.id) };
    },
    target: ({ loaded }: { loaded: { queue: QueueRow } }) => componentTarget(loaded.queue),
  };
  const pendingOf = (item: QueueItemRow | null, id: number): QueueItemRow => {
    if (!item) throw notFound(`Queue item ${id}`);
    if (isPending(item)) return item;
    throw new DomainError('CONFLICT', `Queue item ${id} is ${item.status}: only a pending item can be changed`);
  };

  route(api, {
    method: 'PUT',
    path: `${PATH}/:id`,
    grant: 'queues:update',
    schema: { tags, params: itemParams, body: UpdateQueueItem, response: { 200: dataEnvelope(QueueItem) } },
    ...onItem,
    handle: async ({ transaction, params, body, loaded }) => {
      const item = pendingOf(loaded.item, params.id);
      const change = body.payload === undefined ? body : { ...body, payload: restoreValue(body.payload, item.payload) };
      if (change.payload !== undefined) requirePayload(loaded.queue, change.payload);
      const shown = await itemsOfQueue(transaction, loaded.queue);
      return { data: shown(await updateItem(transaction, item.id, change)) };
    },
  });

  deleteRoute(api, {
    path: `${PATH}/:id`,
    grant: 'queues:delete',
    tags,
    params: itemParams,
    ...onItem,
    check: ({ params, loaded }) => void pendingOf(loaded.item, params.id),
    remove: ({ transaction, params }) => removeItem(transaction, params.id),
    name: ({ params }) => `Queue item ${params.id}`,
  });
}

/**
 * Adds an item, or changes the pending one with its key where the queue allows that. One that is
 * too deep in its chain of causes is stored as failed. CONFLICT.
 */
async function enqueue(
  transaction: Transaction,
  { caller, changeableMs }: { readonly caller: Caller; readonly changeableMs: number },
  queue: QueueRow,
  body: NewQueueItem,
): Promise<{ readonly row: QueueItemRow; readonly isNew: boolean }> {
  if (!queue.accepting_new_items) throw new DomainError('CONFLICT', `Queue '${queue.ref}' accepts no new items`);
  const { identity } = caller;
  const cause = await causeOf(transaction, caller);
  const loopError = cause && loopErrorAt(transaction, cause.causation_depth);
  if (loopError) {
    requirePayload(queue, body.payload);
    const rejection = `${loopError.code}: ${loopError.error}`;
    const row = await insertItem(transaction, queue, body, { identity, cause, rejection });
    const action = await findActionToExecute(transaction, queue.dispatch_action_ref);
    if (action) await processLoopAlert(transaction, caller.tenant, action, cause.correlation_id);
    return { row, isNew: true };
  }
  const item = await findPendingDuplicate(transaction, queue, body.item_key ?? null);
  if (item === null) {
    requirePayload(queue, body.payload);
    const requester = { identity, changeableMs, ...(cause && { cause }) };
    return { row: await insertItem(transaction, queue, body, requester), isNew: true };
  }
  const change = changedByDuplicate(queue, item, body);
  requirePayload(queue, change.payload);
  const deeper = cause && cause.causation_depth > item.causation_depth ? cause : undefined;
  return { row: await updateItem(transaction, item.id, change, deeper), isNew: false };
}

/** Of what a running action causes; null where the caller is none. */
async function causeOf(transaction: Transaction, { execution }: Caller): Promise<Requester['cause'] | null> {
  const row = execution === null ? null : await findExecutionRow(transaction, execution);
  return row && causedBy(row);
}

/** The pending item that a new one with its key changes. CONFLICT where none may be changed. */
async function findPendingDuplicate(
  transaction: Transaction,
  queue: QueueRow,
  key: string | null,
): Promise<QueueItemRow | null> {
  if (key === null || !queue.allow_pending_update) return null;
  const [item, another] = await lockPendingItems(transaction, queue.id, key);
  if (another) throw new DomainError('CONFLICT', `Several items with the key '${key}' are pending`);
  if (item && queue.update_strategy === 'immutable')
    throw new DomainError('CONFLICT', `An item with the key '${key}' is pending`);
  return item ?? null;
}

/** VALIDATION_ERROR for a payload that is too large or that the queue's schema rejects. */
function requirePayload({ ref, item_schema }: QueueRow, payload: Json): void {
  const bytes = Buffer.byteLength(writeJson(payload));
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new DomainError('VALIDATION_ERROR', `payload has ${bytes} bytes: at most ${MAX_PAYLOAD_BYTES}`, {
      path: 'payload',
    });
  }
  if (Object.keys(item_schema).length === 0) return;
  const errors = valueErrors(item_schema, payload, 'payload');
  if (errors.length > 0) throw new DomainError('VALIDATION_ERROR', `Invalid payload for queue '${ref}'`, { errors });
}
