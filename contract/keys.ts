import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonValue, NullableId, NullableText, NullableTimestamp, Timestamp, oneOf, orAbsent } from './json';

export const OWNER_TYPES = ['system', 'identity', 'pack', 'action', 'sensor'] as const;
export type OwnerType = (typeof OWNER_TYPES)[number];

const TEN_YEARS_SECONDS = 315_360_000;

const Ttl = { exclusiveMinimum: 0, maximum: TEN_YEARS_SECONDS, description: 'lifetime from now on, seconds' };

/** A row of a list: never the value. */
export const KeySummary = Type.Object({
  id: Id,
  ref: Type.String(),
  owner_type: oneOf(OWNER_TYPES),
  owner: NullableText,
  name: Type.String(),
  encrypted: Type.Boolean(),
  expires_at: NullableTimestamp,
  version: Type.Integer(),
  created: Timestamp,
});
export type KeySummary = Static<typeof KeySummary>;

/** `owner` is "system" or the owner's id as text. `value` is null where the caller may not decrypt it. */
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

const Name = Type.String({ minLength: 1, maxLength: 255 });

/** Exactly the owner that `owner_type` asks for, none for `system`; a lifetime in one of its two spellings, or none. */
export const CreateKey = Type.Object({
  ref: Name,
  owner_type: oneOf(OWNER_TYPES),
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
  ttl_seconds: Type.Optional(Type.Unsafe<number | null>({ type: ['number', 'null'], ...Ttl })),
  expires_at: Type.Optional(NullableTimestamp),
});
export type CreateKey = Static<typeof CreateKey>;

/** What is left out stays. `ttl_seconds` or `expires_at` null: for ever. `if_version`: only over this version. */
export const UpdateKey = Type.Object({
  name: orAbsent(Name),
  value: Type.Optional(JsonValue),
  encrypted: orAbsent(Type.Boolean()),
  ttl_seconds: Type.Optional(Type.Unsafe<number | null>({ type: ['number', 'null'], ...Ttl })),
  expires_at: Type.Optional(NullableTimestamp),
  if_version: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type UpdateKey = Static<typeof UpdateKey>;

export const KeyFilter = Type.Partial(Type.Object({ owner_type: oneOf(OWNER_TYPES), owner: Type.String() }));
export type KeyFilter = Static<typeof KeyFilter>;
