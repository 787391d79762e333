import { Type, type Static } from '@sinclair/typebox';
import { extension } from './extension';
import {
  Id,
  JsonMap,
  JsonValue,
  NullableId,
  NullableJsonMap,
  NullableText,
  NullableTimestamp,
  Timestamp,
  stringEnum,
} from './json';

const source = {
  id: Id,
  trigger: NullableId,
  trigger_ref: Type.String(),
  source: NullableId,
  source_ref: NullableText,
  rule: NullableId,
  rule_ref: NullableText,
  correlation_id: extension(
    'events.causation',
    Type.Optional(Type.String({ description: 'the first event or request of the chain' })),
  ),
  created: Timestamp,
};

/** A list item: `has_payload` instead of the payload. */
export const EventSummary = Type.Object({ ...source, has_payload: Type.Boolean() });
export type EventSummary = Static<typeof EventSummary>;

/** One occurrence of a trigger. It has no status. */
export const Event = Type.Object({ ...source, config: NullableJsonMap, payload: JsonValue });
export type Event = Static<typeof Event>;

/**
 * Body of `POST /events`. A `trigger_instance_id` of `rule_<id>` limits the event to that rule;
 * any other text is ignored.
 */
const NewEvent = Type.Object({
  payload: Type.Optional(JsonValue),
  config: Type.Optional(NullableJsonMap),
  trigger_instance_id: Type.Optional(NullableText),
});

/** The trigger has one of two keys. */
export const CreateEvent = Type.Intersect([
  NewEvent,
  Type.Union([Type.Object({ trigger_ref: Type.String() }), Type.Object({ trigger_type: Type.String() })]),
]);
export type CreateEvent = Static<typeof CreateEvent>;

/** All conditions must match. `*` is a wildcard in both ref filters. */
export const EventFilter = Type.Partial(
  Type.Object({
    trigger: Id,
    trigger_ref: Type.String(),
    rule_ref: Type.String(),
    source: Id,
    correlation_id: extension('events.causation', Type.String()),
    include_total: Type.Boolean(),
  }),
);
export type EventFilter = Static<typeof EventFilter>;

/** Why a rule that was evaluated for an event created no execution. */
const DECISION_CODES = [
  'CRITERIA_INVALID',
  'CRITERIA_ERROR',
  'CRITERIA_TIMEOUT',
  'RULE_DISABLED',
  'ACTION_GONE',
  'OWNER_NOT_ALLOWED',
  'RULE_BROKEN',
] as const;
export type DecisionCode = (typeof DECISION_CODES)[number];

/** The result of one rule for one event. */
export const Decision = Type.Object({
  rule: NullableId,
  rule_ref: Type.String(),
  matched: Type.Boolean(),
  decided_by: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'the part of the criteria that decided; null where there are none',
  }),
  code: Type.Unsafe<DecisionCode | null>({ type: ['string', 'null'], enum: [...DECISION_CODES, null] }),
  message: NullableText,
  enforcement: NullableId,
});
export type Decision = Static<typeof Decision>;

export const ENFORCEMENT_STATUSES = ['created', 'processed', 'disabled'] as const;

export const EnforcementSummary = Type.Object({
  id: Id,
  rule: NullableId,
  rule_ref: Type.String(),
  trigger_ref: Type.String(),
  event: NullableId,
  status: stringEnum(ENFORCEMENT_STATUSES),
  condition: stringEnum(['any', 'all']),
  correlation_id: extension('events.causation', Type.Optional(Type.String())),
  created: Timestamp,
});
export type EnforcementSummary = Static<typeof EnforcementSummary>;

/** The record of one rule that fired for one event. `config` holds the resolved parameters. */
export const Enforcement = Type.Object({
  ...EnforcementSummary.properties,
  config: NullableJsonMap,
  payload: JsonMap,
  conditions: JsonValue,
  resolved_at: NullableTimestamp,
});
export type Enforcement = Static<typeof Enforcement>;

/** All conditions must match. `*` is a wildcard in both ref filters. */
export const EnforcementFilter = Type.Partial(
  Type.Object({
    rule: Id,
    rule_ref: Type.String(),
    event: Id,
    status: Type.String(),
    trigger_ref: Type.String(),
    correlation_id: extension('events.causation', Type.String()),
    include_total: Type.Boolean(),
  }),
);
export type EnforcementFilter = Static<typeof EnforcementFilter>;

/** The response to a webhook request. */
export const WebhookReceipt = Type.Object({
  event_id: Id,
  trigger_ref: Type.String(),
  received_at: Timestamp,
  message: Type.String(),
});
export type WebhookReceipt = Static<typeof WebhookReceipt>;
