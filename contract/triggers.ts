import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonMap, NullableId, NullableJsonMap, NullableText, Timestamp, orAbsent } from './json';
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

/** A kind of event. `webhook_key` is there while its webhook is enabled. */
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

const name = Type.String({ minLength: 1, maxLength: 255 });

export const CreateTrigger = Type.Object({
  ref: name,
  pack_ref: Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1, maxLength: 255, description: 'none: global' }),
  ),
  label: name,
  description: Type.Optional(NullableText),
  param_schema: Type.Optional(NullableJsonMap),
  out_schema: Type.Optional(NullableJsonMap),
  enabled: Type.Optional(Type.Boolean()),
});
export type CreateTrigger = Static<typeof CreateTrigger>;

export const UpdateTrigger = Type.Object({
  label: orAbsent(name),
  description: orAbsent(patchOf(Type.String())),
  param_schema: orAbsent(patchOf(JsonMap)),
  out_schema: orAbsent(patchOf(JsonMap)),
  enabled: orAbsent(Type.Boolean()),
});
export type UpdateTrigger = Static<typeof UpdateTrigger>;
