import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonMap, NullableText, optionalOrNull, Timestamp } from './json';

export const PackIndex = Type.Object({
  id: Id,
  name: NullableText,
  url: Type.String(),
  position: Type.Integer(),
  enabled: Type.Boolean(),
  headers: Type.Unsafe<Static<typeof JsonMap>>({ ...JsonMap, description: 'their values are redacted' }),
  created: Timestamp,
  updated: Timestamp,
});
export type PackIndex = Static<typeof PackIndex>;

const Position = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });

export const CreatePackIndex = Type.Object({
  name: Type.Optional(NullableText),
  url: Type.String({ minLength: 1, maxLength: 2_048 }),
  position: optionalOrNull(Position),
  enabled: Type.Optional(Type.Boolean()),
  headers: Type.Optional(JsonMap),
});
export type CreatePackIndex = Static<typeof CreatePackIndex>;

export const UpdatePackIndex = Type.Object({
  name: optionalOrNull(Type.String()),
  url: optionalOrNull(CreatePackIndex.properties.url),
  position: optionalOrNull(Position),
  enabled: optionalOrNull(Type.Boolean()),
  headers: optionalOrNull(JsonMap),
});
export type UpdatePackIndex = Static<typeof UpdatePackIndex>;

/**
 * The index that names a pack. The comparison with Attune finds it by its name.
 * @public
 */
export const IndexName = Type.Object({ id: Id, name: NullableText, url: Type.String() });

/** A pack as its index describes it, and the index. */
export const IndexedPack = Type.Object({
  pack: JsonMap,
  registry: IndexName,
});
export type IndexedPack = Static<typeof IndexedPack>;
