import { CloneType, Type, type TSchema } from '@sinclair/typebox';

export type Json = null | boolean | number | bigint | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const JsonValue = Type.Unsafe<Json>({});
export const JsonMap = Type.Unsafe<JsonObject>({ type: 'object' });
export const NullableJsonMap = Type.Unsafe<JsonObject | null>({ type: ['object', 'null'] });
export const NullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] });
export const NullableNumber = Type.Unsafe<number | null>({ type: ['number', 'null'] });

/**
 * The integers that a JSON number expresses exactly: of one beyond them, the value that was sent
 * is not known.
 */
const SAFE_RANGE = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
export const NullableInteger = Type.Unsafe<number | null>({ type: ['integer', 'null'], ...SAFE_RANGE });
export const NullableId = Type.Unsafe<number | null>({ type: ['integer', 'null'], ...SAFE_RANGE });

/** A row id: positive int64, never a string. */
export const Id = Type.Integer(SAFE_RANGE);

/** An integer from 1: a count or a version. */
export const PositiveInteger = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** RFC 3339, UTC, `Z`, up to microseconds. */
export const Timestamp = Type.String({ format: 'date-time' });
export const NullableTimestamp = Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' });

/** A ref, name or label in a request. */
export const Name = Type.String({ minLength: 1, maxLength: 255 });

export const TextList = Type.Array(Type.String());
export const NullableTextList = Type.Unsafe<string[] | null>({ type: ['array', 'null'], items: { type: 'string' } });

/** A list in a query: separated by commas, or one parameter for each part. */
export const commaList = (description: string) =>
  Type.Optional(Type.String({ description: `${description}; separated by commas, or repeated`, repeats: true }));

/** Replaces a secret in a stored or returned document. */
export const REDACTED = { $attune_secret: true, redacted: true } as const satisfies JsonObject;

/** An optional key of a request. Null is removed before validation, so that no handler sees it. */
export const optionalOrNull = <T extends TSchema>(schema: T) =>
  Type.Optional(CloneType(schema, { nullIsAbsent: true }));

/** A string out of a closed set. */
export const stringEnum = <const T extends string>(words: readonly T[]) =>
  Type.Unsafe<T>({ type: 'string', enum: [...words] });

/** The longest limit of a run: a longer timer of Node.js (2^31 - 1 ms) would end at once. */
export const MAX_RUN_SECONDS = 2_147_483;
