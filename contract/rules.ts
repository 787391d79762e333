import { Type, type Static } from '@sinclair/typebox';
import { extension } from './extension';
import {
  Id,
  JsonMap,
  JsonValue,
  NullableId,
  NullableText,
  NullableTextList,
  NullableTimestamp,
  Timestamp,
  stringEnum,
  optionalOrNull,
  Name,
} from './json';

/** Null inherits the action's sets; with `[]` the process gets no token. */
const PermissionSetRefs = NullableTextList;

/**
 * State of a rule's timer. `expired`: its last occurrence is past; `invalid`: its parameters give
 * no schedule; `off`: its rule is disabled.
 */
const TIMER_STATES = ['armed', 'expired', 'invalid', 'off'] as const;

/** Only rules of timer triggers have it. */
const timer = {
  next_fire_at: extension('timers.preview', Type.Optional(NullableTimestamp)),
  timer_state: extension('timers.preview', Type.Optional(stringEnum(TIMER_STATES))),
  timer_reason: extension(
    'timers.preview',
    Type.Optional(
      Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'reason of expired or invalid' }),
    ),
  ),
};

export const RuleSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: Type.String(),
  label: Type.String(),
  description: NullableText,
  action_ref: Type.String(),
  trigger_ref: Type.String(),
  action_params: JsonMap,
  trigger_params: JsonMap,
  permission_set_refs: PermissionSetRefs,
  enabled: Type.Boolean(),
  created: Timestamp,
  updated: Timestamp,
  ...timer,
});
export type RuleSummary = Static<typeof RuleSummary>;

/**
 * Trigger + criteria → action + parameters. `action` and `trigger` are null once deleted; the refs
 * stay.
 */
export const Rule = Type.Object({
  ...RuleSummary.properties,
  pack: Id,
  action: NullableId,
  trigger: NullableId,
  conditions: JsonValue,
  is_adhoc: Type.Boolean(),
  owner_identity: NullableId,
});
export type Rule = Static<typeof Rule>;

const optional = {
  description: Type.Optional(NullableText),
  conditions: Type.Optional(JsonValue),
  action_params: Type.Optional(JsonMap),
  trigger_params: Type.Optional(JsonMap),
  permission_set_refs: Type.Optional(PermissionSetRefs),
  enabled: Type.Optional(Type.Boolean()),
};

export const CreateRule = Type.Object({
  ref: Name,
  pack_ref: Name,
  label: Name,
  action_ref: Name,
  trigger_ref: Name,
  ...optional,
});
export type CreateRule = Static<typeof CreateRule>;

/** `permission_set_refs` null is a value; for other fields null counts as absent. */
export const UpdateRule = Type.Object({
  label: optionalOrNull(Name),
  action_ref: optionalOrNull(Name),
  trigger_ref: optionalOrNull(Name),
  description: optionalOrNull(Type.String()),
  conditions: optionalOrNull(JsonValue),
  action_params: optionalOrNull(JsonMap),
  trigger_params: optionalOrNull(JsonMap),
  permission_set_refs: optional.permission_set_refs,
  enabled: optionalOrNull(Type.Boolean()),
});
export type UpdateRule = Static<typeof UpdateRule>;

/** How many fires of a timer are listed where a request has no `count`. */
export const FIRES_LISTED = 10;

export const RuleFiresQuery = Type.Object({
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: `${FIRES_LISTED} without it` })),
});
export type RuleFiresQuery = Static<typeof RuleFiresQuery>;

/** The next instants at which a rule's timer fires, in order; none unless it is `armed`. */
export const RuleFires = Type.Object({
  rule: Type.String({ description: 'its ref' }),
  state: stringEnum(TIMER_STATES),
  reason: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'reason of expired or invalid' }),
  fires: Type.Array(Timestamp),
});
export type RuleFires = Static<typeof RuleFires>;
