import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { Id, JsonMap, JsonValue, NullableText, TextList, Timestamp } from './json';

export const PackSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  label: Type.String(),
  description: NullableText,
  version: Type.String(),
  tags: TextList,
  is_standard: Type.Boolean(),
  created: Timestamp,
  updated: Timestamp,
});
export type PackSummary = Static<typeof PackSummary>;

export const Pack = Type.Object({
  ...PackSummary.properties,
  conf_schema: JsonMap,
  config: JsonMap,
  meta: JsonMap,
  runtime_deps: TextList,
  dependencies: TextList,
});
export type Pack = Static<typeof Pack>;

const ref = Type.String({ minLength: 1, maxLength: 255 });

export const CreatePack = Type.Object({
  ref,
  label: Type.String({ minLength: 1, maxLength: 255 }),
  version: Type.String({ minLength: 1, maxLength: 50 }),
  description: Type.Optional(NullableText),
  conf_schema: Type.Optional(JsonMap),
  config: Type.Optional(JsonMap),
  meta: Type.Optional(JsonMap),
  tags: Type.Optional(TextList),
  runtime_deps: Type.Optional(TextList),
  dependencies: Type.Optional(TextList),
  is_standard: Type.Optional(Type.Boolean()),
});
export type CreatePack = Static<typeof CreatePack>;

/** `{"op":"set","value":v}` or `{"op":"clear"}`: how a PUT changes a field that may be cleared. */
export const patchOf = <T extends TSchema>(value: T) =>
  Type.Union([Type.Object({ op: Type.Literal('set'), value }), Type.Object({ op: Type.Literal('clear') })]);

export const UpdatePack = Type.Partial(
  Type.Object({
    ...Type.Omit(CreatePack, ['ref', 'description']).properties,
    description: patchOf(Type.String()),
  }),
);
export type UpdatePack = Static<typeof UpdatePack>;

export const RegisterPack = Type.Object({
  path: Type.String({ minLength: 1, description: 'a directory that the server can read' }),
  skip_tests: Type.Optional(Type.Boolean()),
  force: Type.Optional(Type.Boolean()),
});
export type RegisterPack = Static<typeof RegisterPack>;

export const InstallResult = Type.Object({
  pack: Pack,
  test_result: JsonValue,
  tests_skipped: Type.Boolean(),
  warnings: Type.Optional(TextList),
});
export type InstallResult = Static<typeof InstallResult>;
