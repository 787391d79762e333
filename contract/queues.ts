import { Type, type Static } from '@sinclair/typebox';
import {
  commaList,
  Id,
  JsonMap,
  JsonValue,
  Name,
  NullableId,
  NullableJsonMap,
  NullableText,
  NullableTextList,
  NullableTimestamp,
  stringEnum,
  Timestamp,
} from './json';
import { patchOf } from './packs';

export const QUEUE_ITEM_STATUSES = [
  'queued',
  'leased',
  'retry',
  'completed',
  'failed',
  'skipped',
  'cancelled',
] as const;

const UPDATE_STRATEGIES = ['immutable', 'replace', 'merge_patch'] as const;
const BATCH_MODES = ['single', 'batch'] as const;

/** Null inherits the action's sets; with `[]` the process gets no token. */
const PermissionSetRefs = NullableTextList;
const Priority = Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 });
const ItemKey = Type.String({ maxLength: 255 });

export const QueueSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: NullableText,
  is_adhoc: Type.Boolean({ description: 'it has no pack' }),
  label: Type.String(),
  description: NullableText,
  enabled: Type.Boolean(),
  accepting_new_items: Type.Boolean(),
  dispatch_action_ref: Type.String(),
  created: Timestamp,
  updated: Timestamp,
});
export type QueueSummary = Static<typeof QueueSummary>;

/** What the tunables of the configuration give now. */
export interface DispatchTuning {
  readonly concurrency: number;
  readonly batch_size: number;
}

/** Items wait in it until an execution of its action processes them. */
export const Queue = Type.Object({
  ...QueueSummary.properties,
  pack: NullableId,
  dispatch_action: NullableId,
  default_priority: Priority,
  allow_pending_update: Type.Boolean(),
  update_strategy: stringEnum(UPDATE_STRATEGIES),
  batch_mode: stringEnum(BATCH_MODES),
  item_schema: JsonMap,
  action_params: JsonMap,
  permission_set_refs: PermissionSetRefs,
  config: JsonMap,
  resolved_dispatch_tuning: Type.Optional(
    Type.Unsafe<Static<typeof JsonMap>>({ ...JsonMap, description: '`concurrency` and `batch_size` as they are now' }),
  ),
});
export type Queue = Static<typeof Queue>;

const settings = {
  enabled: Type.Optional(Type.Boolean()),
  accepting_new_items: Type.Optional(Type.Boolean()),
  default_priority: Type.Optional(Priority),
  allow_pending_update: Type.Optional(Type.Boolean()),
  update_strategy: Type.Optional(stringEnum(UPDATE_STRATEGIES)),
  batch_mode: Type.Optional(stringEnum(BATCH_MODES)),
  item_schema: Type.Optional(JsonMap),
  action_params: Type.Optional(JsonMap),
  permission_set_refs: Type.Optional(PermissionSetRefs),
  config: Type.Optional(JsonMap),
};

export const CreateQueue = Type.Object({
  ref: Name,
  label: Name,
  dispatch_action_ref: Name,
  pack_ref: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1, maxLength: 255 })),
  description: Type.Optional(NullableText),
  ...settings,
});
export type CreateQueue = Static<typeof CreateQueue>;

/** Of a queue with a pack, only `enabled` and `accepting_new_items`. */
export const UpdateQueue = Type.Object({
  label: Type.Optional(Name),
  dispatch_action_ref: Type.Optional(Name),
  pack_ref: Type.Optional(patchOf(Name)),
  description: Type.Optional(patchOf(Type.String())),
  ...settings,
});
export type UpdateQueue = Static<typeof UpdateQueue>;

export const QueueFilter = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
  is_adhoc: Type.Optional(Type.Boolean()),
  search: Type.Optional(Type.String({ description: 'text in the ref, the label or the description' })),
});
export type QueueFilter = Static<typeof QueueFilter>;

export const QueueItem = Type.Object({
  id: Id,
  queue: Id,
  queue_ref: Type.String(),
  item_key: NullableText,
  priority: Priority,
  status: stringEnum(QUEUE_ITEM_STATUSES),
  payload: JsonValue,
  metadata: JsonMap,
  enqueue_source: Type.String(),
  requested_by_identity: NullableId,
  requested_by_execution: NullableId,
  requested_by_enforcement: NullableId,
  leased_execution: NullableId,
  lease_token: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'uuid' }),
  lease_expires_at: NullableTimestamp,
  attempt_count: Type.Integer(),
  last_error: NullableText,
  ack_summary: NullableJsonMap,
  created: Timestamp,
  updated: Timestamp,
});
export type QueueItem = Static<typeof QueueItem>;

export const NewQueueItem = Type.Object({
  payload: JsonValue,
  item_key: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 255 })),
  priority: Type.Optional(Type.Unsafe<number | null>({ ...Priority, type: ['integer', 'null'] })),
  metadata: Type.Optional(JsonMap),
});
export type NewQueueItem = Static<typeof NewQueueItem>;

export const UpdateQueueItem = Type.Object({
  item_key: Type.Optional(patchOf(ItemKey)),
  priority: Type.Optional(Priority),
  payload: Type.Optional(JsonValue),
  metadata: Type.Optional(JsonMap),
});
export type UpdateQueueItem = Static<typeof UpdateQueueItem>;

export const QueueItemFilter = Type.Object({
  item_key: Type.Optional(Type.String()),
  enqueue_source: Type.Optional(Type.String()),
  statuses: commaList('of these statuses'),
});
export type QueueItemFilter = Static<typeof QueueItemFilter>;
