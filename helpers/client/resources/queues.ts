import { DeleteResult } from '../../../contract/envelopes';
import {
  Queue,
  QueueItem,
  QueueSummary,
  type CreateQueue,
  type NewQueueItem,
  type QueueFilter,
  type QueueItemFilter,
  type UpdateQueue,
  type UpdateQueueItem,
} from '../../../contract/queues';
import { verb } from '../operation';
import type { Request } from '../request';

/** Work queues and their items. Every verb throws ApiError. */
export const queues = (request: Request) => ({
  /** Every match on every page, by ref. */
  list: verb('GET /queues', (call, filter: QueueFilter = {}) =>
    request.all(QueueSummary, call({ query: { ...filter } })),
  ),

  ofPack: verb('GET /packs/{ref}/queues', (call, ref: string) => request.all(QueueSummary, call({ ref }))),

  /** With what its tunables give now. 404 NOT_FOUND, also where it is hidden. */
  get: verb('GET /queues/{ref}', (call, ref: string) => request.one(Queue, call({ ref }))),

  /** 400 BAD_REQUEST for its config; 404 for its pack and action; 409 CONFLICT. */
  create: verb('POST /queues', (call, body: CreateQueue) => request.one(Queue, call({ body }))),

  /** 403 FORBIDDEN for anything but the flags of a queue with a pack. */
  update: verb('PUT /queues/{ref}', (call, ref: string, body: UpdateQueue) => request.one(Queue, call({ ref, body }))),

  /** 403 FORBIDDEN for a queue with a pack. */
  remove: verb('DELETE /queues/{ref}', (call, ref: string) => request.body(DeleteResult, call({ ref }))),

  /** Every match on every page, in the order in which items are leased. */
  items: verb('GET /queues/{ref}/items', (call, ref: string, filter: QueueItemFilter = {}) =>
    request.all(QueueItem, call({ ref, query: { ...filter } })),
  ),

  /** 404 NOT_FOUND, also for an item of another queue. */
  item: verb('GET /queues/{ref}/items/{id}', (call, ref: string, id: number) =>
    request.one(QueueItem, call({ ref, id })),
  ),

  /** The new item, or the pending one that it changed. 409 CONFLICT; 422 for its payload. */
  enqueue: verb('POST /queues/{ref}/items', (call, ref: string, body: NewQueueItem) =>
    request.one(QueueItem, call({ ref, body })),
  ),

  /** 409 CONFLICT unless it is `queued` or `retry`. */
  updateItem: verb('PUT /queues/{ref}/items/{id}', (call, ref: string, id: number, body: UpdateQueueItem) =>
    request.one(QueueItem, call({ ref, id, body })),
  ),

  /** 409 CONFLICT unless it is `queued` or `retry`. */
  removeItem: verb('DELETE /queues/{ref}/items/{id}', (call, ref: string, id: number) =>
    request.body(DeleteResult, call({ ref, id })),
  ),
});
