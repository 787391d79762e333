import { parseInstant } from '../../../../helpers/instant';
import type { Notification } from '../../../../contract/notifications';

export type NotificationType = Notification['notification_type'];

const EXECUTION = [
  ...['action_ref', 'status', 'enforcement', 'rule_ref', 'trigger_ref', 'parent', 'started_at', 'workflow_task'],
  ...['created', 'updated'],
];
const ENFORCEMENT = ['rule', 'rule_ref', 'trigger_ref', 'event', 'status', 'condition', 'created', 'resolved_at'];
const ARTIFACT = ['ref', 'type', 'visibility', 'name', 'scope', 'owner', 'content_type', 'size_bytes', 'created'];
const QUEUE = [
  ...['ref', 'pack_ref', 'is_adhoc', 'label', 'enabled', 'dispatch_action_ref', 'default_priority'],
  ...['allow_pending_update', 'update_strategy', 'batch_mode', 'created', 'updated'],
];
const ITEM = [
  ...['queue', 'queue_ref', 'item_key', 'priority', 'status', 'enqueue_source', 'requested_by_identity'],
  ...['requested_by_execution', 'requested_by_enforcement', 'leased_execution', 'lease_expires_at'],
  ...['attempt_count', 'created', 'updated'],
];

/** The columns of the row in the payload of each notification. */
export const PAYLOAD_COLUMNS: Readonly<Record<NotificationType, readonly string[]>> = {
  execution_created: EXECUTION,
  execution_status_changed: EXECUTION,
  workflow_execution_status_changed: ['action_ref', 'status', 'parent', 'created', 'updated'],
  event_created: ['trigger', 'trigger_ref', 'source', 'source_ref', 'rule', 'rule_ref', 'created'],
  enforcement_created: ENFORCEMENT,
  enforcement_status_changed: ENFORCEMENT,
  inquiry_created: ['execution', 'status', 'timeout_at', 'created'],
  inquiry_responded: ['execution', 'status', 'updated'],
  inquiry_timeout: ['execution', 'status', 'timeout_at', 'updated'],
  artifact_created: ARTIFACT,
  artifact_updated: [...ARTIFACT, 'updated'],
  work_queue_created: QUEUE,
  work_queue_updated: QUEUE,
  work_queue_item_created: ITEM,
  work_queue_item_updated: ITEM,
  rule_updated: ['ref', 'pack_ref', 'trigger_ref', 'action_ref', 'enabled', 'created', 'updated'],
};

export interface Announced {
  readonly type: NotificationType;
  readonly entity: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const comparable = (value: unknown): unknown => {
  if (typeof value === 'string' && INSTANT.test(value)) return parseInstant(value);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? comparableValues(value) : value;
};
/** With instants as numbers: they are written in two forms. */
const comparableValues = (payload: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, comparable(value)]));

/** What must be announced of a row as it is now. `more`: what the row does not have. */
export function announced(type: NotificationType, row: { readonly id: number }, more: object = {}): Announced {
  const entity_type = entityTypeOf(type);
  const columns = Object.fromEntries(
    PAYLOAD_COLUMNS[type].map((name) => [name, (row as Record<string, unknown>)[name] ?? null]),
  );
  const payload = { ...columns, entity_type, entity_id: row.id, id: row.id, ...more };
  return { type, entity: `${entity_type} ${row.id}`, payload: comparableValues(payload) };
}

/** The same of what has arrived. */
export const arrived = ({ notification_type, entity_type, entity_id, payload }: Notification): Announced => ({
  type: notification_type,
  entity: `${entity_type} ${entity_id}`,
  payload: comparableValues(payload),
});

/** `work_queue_item` of `work_queue_item_updated`. */
export const entityTypeOf = (type: NotificationType): string =>
  type === 'workflow_execution_status_changed'
    ? 'execution'
    : type.replace(/_(?:created|updated|responded|timeout|status_changed)$/, '');
