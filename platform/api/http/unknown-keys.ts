import type { TSchema } from '@sinclair/typebox';
import { isObject, type Json } from '../../../contract/json';
import { schemaMistakes } from '../../core/schema/schema-mistakes';
import { appendPointer } from '../../core/secrets/json-pointer';
import { explainUnusedKey } from '../../core/workflow/load/unused-keys';
import type { Api } from './context';

/*
 * Keys of a body that its schema does not have are ignored, as Attune ignores them. A response
 * names them, because most are mistakes: a rule whose `criteria` are misspelt fires always.
 */

/** Adds `warnings` to the envelopes of responses to bodies with keys that have no meaning. */
export function warnOfUnknownKeys(api: Api): void {
  api.addHook('preSerialization', (request, reply, payload, done) => {
    const schema = request.routeOptions.schema?.body as TSchema | undefined;
    const isEnvelope = typeof payload === 'object' && payload !== null && 'data' in payload;
    if (schema && isEnvelope && reply.statusCode < 300) {
      const warnings = [...unknownKeys(schema, request.body as Json), ...schemaWarnings(request.body as Json)];
      if (warnings.length > 0) Object.assign(payload, { warnings });
    }
    done(null, payload);
  });
}

const SCHEMAS = ['param_schema', 'out_schema', 'conf_schema', 'item_schema'];

/** The same of the schemas in a body, which a change may have in `{op: set, value}`. */
function schemaWarnings(body: Json): string[] {
  if (!isObject(body)) return [];
  return SCHEMAS.flatMap((field) => {
    const given = body[field];
    const patched = isObject(given) && given.op === 'set' && isObject(given.value);
    const schema = patched ? given.value : given;
    const mistakes = isObject(schema) ? schemaMistakes(schema, `/${field}${patched ? '/value' : ''}`) : [];
    return mistakes.map(({ path, why }) => `${path}: ${why}`);
  });
}

/**
 * One sentence for each key with a value that the schema does not have, or marks as one without
 * effect, with its JSON pointer.
 */
export function unknownKeys(schema: TSchema, value: Json, path = ''): string[] {
  if (Array.isArray(value)) {
    const { items } = schema as { items?: TSchema };
    return items ? value.flatMap((item, index) => unknownKeys(items, item, appendPointer(path, index))) : [];
  }
  const known = isObject(value) ? keysOf(schema) : null;
  if (known === null || !isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const inner = known.get(key);
    const at = appendPointer(path, key);
    const unused = inner?.without_effect as string | undefined;
    if (unused !== undefined) return isSet(member) ? [`${at}: '${key}' changes nothing: ${unused}`] : [];
    if (inner) return unknownKeys(inner, member, at);
    return member === null ? [] : [`${at}: ${explainUnusedKey(key, new Set(known.keys()))}`];
  });
}

const isSet = (value: Json): boolean => ![null, false, ''].includes(value as null);

/** The keys of an object with their schemas; null: it may have any. */
type Keys = ReadonlyMap<string, TSchema> | null;

const keysBySchema = new WeakMap<TSchema, Keys>();

/** Computed once for each schema. */
function keysOf(schema: TSchema): Keys {
  const known = keysBySchema.get(schema);
  if (known !== undefined) return known;
  const keys = readKeys(schema);
  keysBySchema.set(schema, keys);
  return keys;
}

function readKeys(schema: TSchema): Keys {
  const { properties, patternProperties, additionalProperties } = schema as Partial<Record<string, TSchema>>;
  const parts = alternativesOf(schema);
  if (parts.length > 0) return mergeKeys(parts.map(keysOf));
  if (!properties || patternProperties || typeof additionalProperties === 'object') return null;
  return new Map(Object.entries(properties));
}

/** Of a schema that has several, those of objects. */
function alternativesOf({ anyOf, oneOf, allOf }: TSchema): TSchema[] {
  const parts = [anyOf, oneOf, allOf].flatMap((list) => (list as TSchema[] | undefined) ?? []);
  return parts.filter(({ type, const: value }) => value === undefined && (type === undefined || type === 'object'));
}

/** A key of one alternative is a key of all; what is in it is examined where only one has it. */
function mergeKeys(all: readonly Keys[]): Keys {
  const merged = new Map<string, TSchema>();
  for (const keys of all) {
    if (keys === null) return null;
    for (const [key, schema] of keys) merged.set(key, merged.has(key) ? ANYTHING : schema);
  }
  return merged;
}

const ANYTHING = {} as TSchema;
