import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonMap, oneOf } from './json';

/** What a notification may be about. */
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
export type EntityType = (typeof ENTITY_TYPES)[number];

/** Each is also the name of a PostgreSQL channel. A workflow's change of status is told twice: under its own type too. */
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
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** The row's summary as it was at the change, without anything that may be secret or large. Instants end in `+00:00`. */
export const NotificationPayload = Type.Intersect([
  Type.Object({
    entity_type: oneOf(ENTITY_TYPES),
    entity_id: Id,
    id: Id,
    status: Type.Optional(Type.String()),
    old_status: Type.Optional(Type.String()),
  }),
  JsonMap,
]);
export type NotificationPayload = Static<typeof NotificationPayload>;

export const Welcome = Type.Object({
  type: Type.Literal('welcome'),
  client_id: Type.String({ description: 'client_<n>' }),
  message: Type.String(),
});

export const Notification = Type.Object({
  type: Type.Literal('notification'),
  notification_type: oneOf(NOTIFICATION_TYPES),
  entity_type: oneOf(ENTITY_TYPES),
  entity_id: Id,
  user_id: Type.Null(),
  payload: NotificationPayload,
  timestamp: Type.String(),
});
export type Notification = Static<typeof Notification>;

/** A malformed message, a bad filter, or one that is not allowed; the connection stays. */
export const ErrorFrame = Type.Object({ type: Type.Literal('error'), message: Type.String() });

/** What the server sends. */
export const Frame = Type.Union([Welcome, Notification, ErrorFrame]);
export type Frame = Static<typeof Frame>;

/** How the server ends a connection. */
export const CLOSE = {
  /** The token has expired, or its identity is gone or frozen, or its execution has ended. */
  expired: 4401,
  /** More than 1 MiB or 10 s behind. */
  slow: 4408,
  /** More than the protocol needs. */
  flood: 1008,
  /** A message larger than 64 KiB. */
  large: 1009,
  /** The server stops, or has lost sight of what happened: connect again and read the rows. */
  restart: 1012,
} as const;

/** Why a connection is refused with 401, before it is one. */
export const REFUSALS = [
  'missing_token',
  'invalid_or_expired_token',
  'refresh_tokens_not_allowed',
  'sensor_tokens_not_allowed',
  'worker_tokens_not_allowed',
  'invalid_subject_in_token',
] as const;
export type RefusalWord = (typeof REFUSALS)[number];
