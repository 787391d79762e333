import { CloneType, Type, type TSchema } from '@sinclair/typebox';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const JsonValue = Type.Unsafe<Json>({});
export const JsonMap = Type.Unsafe<JsonObject>({ type: 'object' });
export const NullableJsonMap = Type.Unsafe<JsonObject | null>({ type: ['object', 'null'] });
export const NullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] });
export const NullableId = Type.Unsafe<number | null>({ type: ['integer', 'null'] });

/** A row's number: int64, positive, never a string. */
export const Id = Type.Integer();

/** RFC 3339, UTC, `Z`, up to microseconds. */
export const Timestamp = Type.String({ format: 'date-time' });
export const NullableTimestamp = Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' });

export const TextList = Type.Array(Type.String());

/** What stands in a stored or shown document where a secret was cut out. */
export const REDACTED = { $attune_secret: true, redacted: true } as const satisfies JsonObject;

/** A key of a request that may be left out, and whose null is the same as leaving it out: no handler ever sees it. */
export const orAbsent = <T extends TSchema>(schema: T) => Type.Optional(CloneType(schema, { nullIsAbsent: true }));

/** A closed set of words. */
export const oneOf = <const T extends string>(words: readonly T[]) =>
  Type.Unsafe<T>({ type: 'string', enum: [...words] });
