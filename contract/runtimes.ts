import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonValue, NullableId, NullableText, Timestamp, orAbsent } from './json';
import { patchOf } from './packs';

export const RuntimeSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: NullableText,
  description: NullableText,
  name: Type.String(),
  created: Timestamp,
  updated: Timestamp,
});
export type RuntimeSummary = Static<typeof RuntimeSummary>;

export const Runtime = Type.Object({
  ...RuntimeSummary.properties,
  pack: NullableId,
  distributions: JsonValue,
  installation: JsonValue,
  execution_config: JsonValue,
});
export type Runtime = Static<typeof Runtime>;

const name = Type.String({ minLength: 1, maxLength: 255 });
const description = Type.String({ minLength: 1 });

/** `execution_config` is stored as it stands. */
export const CreateRuntime = Type.Object({
  ref: name,
  pack_ref: Type.Optional(NullableText),
  name,
  description: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1 })),
  distributions: JsonValue,
  installation: Type.Optional(JsonValue),
  execution_config: JsonValue,
});
export type CreateRuntime = Static<typeof CreateRuntime>;

export const UpdateRuntime = Type.Object({
  name: orAbsent(name),
  description: orAbsent(patchOf(description)),
  distributions: orAbsent(JsonValue),
  installation: orAbsent(patchOf(JsonValue)),
  execution_config: orAbsent(JsonValue),
});
export type UpdateRuntime = Static<typeof UpdateRuntime>;
