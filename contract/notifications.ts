import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonMap, stringEnum } from './json';

/** The entities of notifications. */
export const ENTITY_TYPES = [
  'execution',
  'event',
  'enforcement',
  'inquiry',
  'artifact',
  'work_queue',
  'work_queue_item',
  'rule',
] as const;

/**
 * Each is also the name of a PostgreSQL channel. A workflow's change of status has two
 * notifications, one of each type.
 */
export const NOTIFICATION_TYPES = [
  'execution_created',
  'execution_status_changed',
  'workflow_execution_status_changed',
  'event_created',
  'enforcement_created',
  'enforcement_status_changed',
  'inquiry_created',
  'inquiry_responded',
  'inquiry_timeout',
  'artifact_created',
  'artifact_updated',
  'work_queue_created',
  'work_queue_updated',
  'work_queue_item_created',
  'work_queue_item_updated',
  'rule_updated',
] as const;

/** What only a platform with `notify.rule_state` sends. */
export const EXTENSION_NOTIFICATIONS: readonly string[] = ['rule', 'rule_updated'];

/** The row's summary at the change, without secrets and large values. Instants end in `+00:00`. */
export const NotificationPayload = Type.Intersect([
  Type.Object({
    entity_type: stringEnum(ENTITY_TYPES),
    entity_id: Id,
    id: Id,
    status: Type.Optional(Type.String()),
    old_status: Type.Optional(Type.String()),
  }),
  JsonMap,
]);
export type NotificationPayload = Static<typeof NotificationPayload>;

const Welcome = Type.Object({
  type: Type.Literal('welcome'),
  client_id: Type.String({ description: 'client_<n>' }),
  message: Type.String(),
});

export const Notification = Type.Object({
  type: Type.Literal('notification'),
  notification_type: stringEnum(NOTIFICATION_TYPES),
  entity_type: stringEnum(ENTITY_TYPES),
  entity_id: Id,
  user_id: Type.Null(),
  payload: NotificationPayload,
  timestamp: Type.String(),
});
export type Notification = Static<typeof Notification>;

/**
 * A malformed message, an invalid filter, or one that is not allowed; the connection stays open.
 */
const ErrorFrame = Type.Object({ type: Type.Literal('error'), message: Type.String() });

/** Messages from the server. */
export const Frame = Type.Union([Welcome, Notification, ErrorFrame]);
export type Frame = Static<typeof Frame>;

/** Close codes of the server. */
export const CLOSE_CODES = {
  /** The token has expired, its identity was deleted or frozen, or its execution has ended. */
  expired: 4401,
  /** The client is more than 1 MiB or 10 s behind. */
  slow: 4408,
  /** The client sends more messages than the protocol needs. */
  flood: 1008,
  /** A message larger than 64 KiB. */
  large: 1009,
  /** The server stops, or has lost notifications: reconnect and read the rows. */
  restart: 1012,
} as const;

/** Reasons of a 401 response to the WebSocket handshake. */
export type HandshakeRejection =
  | 'missing_token'
  | 'invalid_or_expired_token'
  | 'refresh_tokens_not_allowed'
  | 'sensor_tokens_not_allowed'
  | 'worker_tokens_not_allowed'
  | 'invalid_subject_in_token';
