import { Type, type Static } from '@sinclair/typebox';
import {
  Id,
  JsonMap,
  JsonValue,
  NullableId,
  NullableText,
  NullableTimestamp,
  Timestamp,
  oneOf,
  orAbsent,
} from './json';

/** Null inherits the action's sets; `[]` is no token at all. */
const SetRefs = Type.Unsafe<string[] | null>({ type: ['array', 'null'], items: { type: 'string' } });

/** What a timer is up to. `expired`: its last occurrence has been; `invalid`: its parameters plan nothing; `off`: its rule is. */
export const TIMER_STATES = ['armed', 'expired', 'invalid', 'off'] as const;
export type TimerState = (typeof TIMER_STATES)[number];

/** Only on rules of timer triggers. */
const timer = {
  next_fire_at: Type.Optional(NullableTimestamp),
  timer_state: Type.Optional(oneOf(TIMER_STATES)),
  timer_reason: Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'why it is expired or invalid' }),
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
  permission_set_refs: SetRefs,
  enabled: Type.Boolean(),
  created: Timestamp,
  updated: Timestamp,
  ...timer,
});
export type RuleSummary = Static<typeof RuleSummary>;

/** Trigger + criteria → action + parameters. `action` and `trigger` are null once that is deleted; the refs stay. */
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

const name = Type.String({ minLength: 1, maxLength: 255 });

const optional = {
  description: Type.Optional(NullableText),
  conditions: Type.Optional(JsonValue),
  action_params: Type.Optional(JsonMap),
  trigger_params: Type.Optional(JsonMap),
  permission_set_refs: Type.Optional(SetRefs),
  enabled: Type.Optional(Type.Boolean()),
};

export const CreateRule = Type.Object({
  ref: name,
  pack_ref: name,
  label: name,
  action_ref: name,
  trigger_ref: name,
  ...optional,
});
export type CreateRule = Static<typeof CreateRule>;

/** `permission_set_refs` null is a value; of all else null is the same as absent. */
export const UpdateRule = Type.Object({
  label: orAbsent(name),
  action_ref: orAbsent(name),
  trigger_ref: orAbsent(name),
  description: orAbsent(Type.String()),
  conditions: orAbsent(JsonValue),
  action_params: orAbsent(JsonMap),
  trigger_params: orAbsent(JsonMap),
  permission_set_refs: optional.permission_set_refs,
  enabled: orAbsent(Type.Boolean()),
});
export type UpdateRule = Static<typeof UpdateRule>;
