import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonMap, NullableId, NullableJsonMap, NullableText, Timestamp, optionalOrNull, Name } from './json';
import { patchOf } from './packs';

export const TriggerSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: NullableText,
  label: Type.String(),
  description: NullableText,
  enabled: Type.Boolean(),
  webhook_enabled: Type.Boolean(),
  created: Timestamp,
  updated: Timestamp,
});
export type TriggerSummary = Static<typeof TriggerSummary>;

/** A type of event. `webhook_key` is present while its webhook is enabled. */
export const Trigger = Type.Object({
  ...TriggerSummary.properties,
  pack: NullableId,
  param_schema: NullableJsonMap,
  out_schema: NullableJsonMap,
  webhook_key: Type.Optional(Type.String()),
  is_adhoc: Type.Boolean(),
  sensor: Type.Optional(Id),
  sensor_ref: Type.Optional(Type.String()),
});
export type Trigger = Static<typeof Trigger>;

export const CreateTrigger = Type.Object({
  ref: Name,
  pack_ref: Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1, maxLength: 255, description: 'none: global' }),
  ),
  label: Name,
  description: Type.Optional(NullableText),
  param_schema: Type.Optional(NullableJsonMap),
  out_schema: Type.Optional(NullableJsonMap),
  enabled: Type.Optional(Type.Boolean()),
});
export type CreateTrigger = Static<typeof CreateTrigger>;

export const UpdateTrigger = Type.Object({
  label: optionalOrNull(Name),
  description: optionalOrNull(patchOf(Type.String())),
  param_schema: optionalOrNull(patchOf(JsonMap)),
  out_schema: optionalOrNull(patchOf(JsonMap)),
  enabled: optionalOrNull(Type.Boolean()),
});
export type UpdateTrigger = Static<typeof UpdateTrigger>;
