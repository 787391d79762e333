import { Type, type Static } from '@sinclair/typebox';
import {
  Id,
  NullableId,
  NullableInteger,
  NullableJsonMap,
  NullableText,
  NullableTextList,
  Timestamp,
  stringEnum,
} from '../json';

const CATEGORIES = ['api', 'auth', 'rbac', 'secret', 'admin', 'execution', 'pack'] as const;
export type AuditCategory = (typeof CATEGORIES)[number];
const OUTCOMES = ['success', 'failure', 'denied'] as const;
export type AuditOutcome = (typeof OUTCOMES)[number];

/** A request that changed something, logged in, was denied, or read a secret. */
export const AuditEventSummary = Type.Object({
  id: Id,
  created: Timestamp,
  category: stringEnum(CATEGORIES),
  event_type: Type.String(),
  outcome: stringEnum(OUTCOMES),
  actor_identity: NullableId,
  actor_login: NullableText,
  request_id: NullableText,
  resource_type: NullableText,
  resource_ref: NullableText,
  http_method: NullableText,
  http_path: NullableText,
  http_status: NullableInteger,
});
export type AuditEventSummary = Static<typeof AuditEventSummary>;

export const AuditEvent = Type.Composite([
  AuditEventSummary,
  Type.Object({
    actor_token_type: NullableText,
    actor_ip: NullableText,
    actor_user_agent: NullableText,
    resource_id: NullableId,
    duration_ms: NullableInteger,
    details: NullableJsonMap,
    correlation_chain: NullableTextList,
  }),
]);
export type AuditEvent = Static<typeof AuditEvent>;

/** `actor_login` and `http_path` select rows that contain the text. */
export const AuditFilter = Type.Object({
  category: Type.Optional(stringEnum(CATEGORIES)),
  event_type: Type.Optional(Type.String()),
  outcome: Type.Optional(stringEnum(OUTCOMES)),
  actor_identity: Type.Optional(Id),
  actor_login: Type.Optional(Type.String()),
  resource_type: Type.Optional(Type.String()),
  resource_id: Type.Optional(Id),
  resource_ref: Type.Optional(Type.String()),
  request_id: Type.Optional(Type.String()),
  http_status: Type.Optional(Id),
  http_method: Type.Optional(Type.String()),
  http_path: Type.Optional(Type.String()),
  created_after: Type.Optional(Timestamp),
  created_before: Type.Optional(Timestamp),
  include_total: Type.Optional(Type.Boolean()),
});
export type AuditFilter = Static<typeof AuditFilter>;
