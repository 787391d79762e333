import { Type, type Static } from '@sinclair/typebox';
import {
  Id,
  JsonMap,
  JsonValue,
  NullableId,
  NullableJsonMap,
  NullableText,
  NullableTimestamp,
  Timestamp,
  oneOf,
} from './json';

const source = {
  id: Id,
  trigger: NullableId,
  trigger_ref: Type.String(),
  source: NullableId,
  source_ref: NullableText,
  rule: NullableId,
  rule_ref: NullableText,
  correlation_id: Type.Optional(Type.String({ description: 'the first event or request of the chain' })),
  created: Timestamp,
};

/** A row of a list: `has_payload` instead of the payload. */
export const EventSummary = Type.Object({ ...source, has_payload: Type.Boolean() });
export type EventSummary = Static<typeof EventSummary>;

/** One occurrence of a trigger: a fact, without a status. */
export const Event = Type.Object({ ...source, config: NullableJsonMap, payload: JsonValue });
export type Event = Static<typeof Event>;

/** What a sensor posts; `trigger_instance_id` of `rule_<id>` is for that rule alone, any other text is ignored. */
const NewEvent = Type.Object({
  payload: Type.Optional(JsonValue),
  config: Type.Optional(NullableJsonMap),
  trigger_instance_id: Type.Optional(NullableText),
});

/** The trigger goes by either name. */
export const CreateEvent = Type.Intersect([
  NewEvent,
  Type.Union([Type.Object({ trigger_ref: Type.String() }), Type.Object({ trigger_type: Type.String() })]),
]);
export type CreateEvent = Static<typeof CreateEvent>;

export const EventFilter = Type.Partial(
  Type.Object({
    trigger: Id,
    trigger_ref: Type.String(),
    rule_ref: Type.String(),
    source: Id,
    correlation_id: Type.String(),
    include_total: Type.Boolean(),
  }),
);
export type EventFilter = Static<typeof EventFilter>;

/** Why a rule that was asked about an event did not make an execution. */
export const DECISION_CODES = [
  'CRITERIA_INVALID',
  'CRITERIA_ERROR',
  'CRITERIA_TIMEOUT',
  'RULE_DISABLED',
  'ACTION_GONE',
  'OWNER_NOT_ALLOWED',
  'RULE_BROKEN',
] as const;
export type DecisionCode = (typeof DECISION_CODES)[number];

/** What one rule made of one event. */
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
export type EnforcementStatus = (typeof ENFORCEMENT_STATUSES)[number];

export const EnforcementSummary = Type.Object({
  id: Id,
  rule: NullableId,
  rule_ref: Type.String(),
  trigger_ref: Type.String(),
  event: NullableId,
  status: oneOf(ENFORCEMENT_STATUSES),
  condition: oneOf(['any', 'all']),
  correlation_id: Type.Optional(Type.String()),
  created: Timestamp,
});
export type EnforcementSummary = Static<typeof EnforcementSummary>;

/** The record of one rule fired by one event. `config` holds the resolved parameters. */
export const Enforcement = Type.Object({
  ...EnforcementSummary.properties,
  config: NullableJsonMap,
  payload: JsonMap,
  conditions: JsonValue,
  resolved_at: NullableTimestamp,
});
export type Enforcement = Static<typeof Enforcement>;

export const EnforcementFilter = Type.Partial(
  Type.Object({
    rule: Id,
    rule_ref: Type.String(),
    event: Id,
    status: Type.String(),
    trigger_ref: Type.String(),
    correlation_id: Type.String(),
    include_total: Type.Boolean(),
  }),
);
export type EnforcementFilter = Static<typeof EnforcementFilter>;

/** What a webhook's caller is told. */
export const Received = Type.Object({
  event_id: Id,
  trigger_ref: Type.String(),
  received_at: Timestamp,
  message: Type.String(),
});
export type Received = Static<typeof Received>;
