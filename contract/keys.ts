import { Type, type Static } from '@sinclair/typebox';
import { extension } from './extension';
import {
  Id,
  JsonValue,
  NullableId,
  NullableText,
  NullableTimestamp,
  Timestamp,
  stringEnum,
  optionalOrNull,
  Name,
  PositiveInteger,
} from './json';

export const OWNER_TYPES = ['system', 'identity', 'pack', 'action', 'sensor'] as const;
export type OwnerType = (typeof OWNER_TYPES)[number];

const TEN_YEARS_SECONDS = 315_360_000;

const TtlSeconds = Type.Unsafe<number | null>({
  type: ['number', 'null'],
  exclusiveMinimum: 0,
  maximum: TEN_YEARS_SECONDS,
  description: 'lifetime from now on, seconds',
});

/** A list item: without the value. */
export const KeySummary = Type.Object({
  id: Id,
  ref: Type.String(),
  owner_type: stringEnum(OWNER_TYPES),
  owner: NullableText,
  name: Type.String(),
  encrypted: Type.Boolean(),
  expires_at: extension('keys.ttl', NullableTimestamp),
  version: extension('keys.compare_and_set', Type.Integer()),
  created: Timestamp,
});
export type KeySummary = Static<typeof KeySummary>;

/**
 * `owner` is "system" or the owner's id as text. `value` is null where the caller may not decrypt
 * it.
 */
export const Key = Type.Object({
  ...KeySummary.properties,
  owner_identity: NullableId,
  owner_pack: NullableId,
  owner_pack_ref: NullableText,
  owner_action: NullableId,
  owner_action_ref: NullableText,
  owner_sensor: NullableId,
  owner_sensor_ref: NullableText,
  value: JsonValue,
  updated: Timestamp,
});
export type Key = Static<typeof Key>;

/** How a key is read. */
export const KeyQuery = Type.Object({
  decrypt: extension(
    'keys.decrypt',
    Type.Optional(Type.Boolean({ description: 'false: null in place of an encrypted value' })),
  ),
});

/**
 * Exactly the owner field of `owner_type`, none for `system`; at most one of `ttl_seconds` and
 * `expires_at`.
 */
export const CreateKey = Type.Object({
  ref: Name,
  owner_type: stringEnum(OWNER_TYPES),
  name: Name,
  value: JsonValue,
  encrypted: Type.Optional(Type.Boolean()),
  owner: Type.Optional(NullableText),
  owner_identity: Type.Optional(NullableId),
  owner_pack: Type.Optional(NullableId),
  owner_pack_ref: Type.Optional(NullableText),
  owner_action: Type.Optional(NullableId),
  owner_action_ref: Type.Optional(NullableText),
  owner_sensor: Type.Optional(NullableId),
  owner_sensor_ref: Type.Optional(NullableText),
  ttl_seconds: extension('keys.ttl', Type.Optional(TtlSeconds)),
  expires_at: extension('keys.ttl', Type.Optional(NullableTimestamp)),
});
export type CreateKey = Static<typeof CreateKey>;

/**
 * Absent fields keep their value. `ttl_seconds` or `expires_at` null: no expiry. `if_version`:
 * update only this version.
 */
export const UpdateKey = Type.Object({
  name: optionalOrNull(Name),
  value: Type.Optional(JsonValue),
  encrypted: optionalOrNull(Type.Boolean()),
  ttl_seconds: extension('keys.ttl', Type.Optional(TtlSeconds)),
  expires_at: extension('keys.ttl', Type.Optional(NullableTimestamp)),
  if_version: extension('keys.compare_and_set', Type.Optional(PositiveInteger)),
});
export type UpdateKey = Static<typeof UpdateKey>;

export const KeyFilter = Type.Partial(Type.Object({ owner_type: stringEnum(OWNER_TYPES), owner: Type.String() }));
export type KeyFilter = Static<typeof KeyFilter>;

export const SEARCH_MODES = ['exact', 'trigram', 'fulltext', 'vector'] as const;
export type SearchMode = (typeof SEARCH_MODES)[number];

/** What answered a search. */
const SEARCH_SERVERS = ['exact', 'pg_trgm', 'fulltext', 'builtin'] as const;
export type SearchServer = (typeof SEARCH_SERVERS)[number];

/** A key that was found. `score`: 0 to 1, higher is better, comparable within one mode. */
export const SearchHit = Type.Object({
  type: Type.Literal('key'),
  id: Id,
  ref: Type.String(),
  name: Type.String(),
  encrypted: Type.Boolean(),
  score: Type.Number(),
});
export type SearchHit = Static<typeof SearchHit>;

/** The keys that the caller may read, the best match first. */
export const SearchResult = Type.Object({
  mode: stringEnum(SEARCH_MODES),
  served_by: stringEnum(SEARCH_SERVERS),
  hits: Type.Array(SearchHit),
});
export type SearchResult = Static<typeof SearchResult>;

/** The route itself checks the values, to answer with a hint. */
export const SearchQuery = Type.Partial(Type.Object({ q: Type.String(), mode: Type.String(), limit: Type.String() }));
