import type { JsonObject } from '../../../contract/json';

/** To a definition of the same schema. */
export const referenceTo = (name: string) => ({ $ref: `#/$defs/${name}` });

/** A schema with so many definitions, each of which has references to the next one. */
const chain = (count: number, link: (next: JsonObject) => JsonObject): JsonObject => ({
  type: 'object',
  $defs: Object.fromEntries(
    Array.from({ length: count + 1 }, (_, n) => [`d${n}`, n < count ? link(referenceTo(`d${n + 1}`)) : {}]),
  ),
  properties: { a: referenceTo('d0') },
});

const circle = { a: referenceTo('b'), b: { allOf: [referenceTo('a')] } };

/** Schemas of parameters with references that have no end or bound, or lead to other documents. */
export const SCHEMA_BOMBS: Readonly<Record<string, JsonObject>> = {
  circle: { type: 'object', $defs: circle, properties: { a: referenceTo('a') } },
  same: chain(20, (next) => ({ anyOf: [next, next] })),
  parts: chain(20, (next) => ({ properties: { a: next, b: next } })),
  deep: chain(1_000, (next) => ({ allOf: [next] })),
  remote: { type: 'object', properties: { a: { $ref: 'http://127.0.0.1:9/schema.json' } } },
  file: { type: 'object', properties: { a: { $ref: 'file:///etc/passwd' } } },
};
