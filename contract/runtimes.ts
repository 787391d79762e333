import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonValue, NullableId, NullableText, Timestamp } from './json';

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
