import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { closestMatch } from '../../../contract/text/closest-match';
import { appendPointer } from '../secrets/json-pointer';
import { isJsonSchema, schemaProperties } from './flat-schema';

/** A part of a schema that has no effect, or cannot have the one that it names. */
export interface SchemaMistake {
  /** Its JSON pointer. */
  readonly path: string;
  /** What is wrong, and what would be right. It contains no value. */
  readonly why: string;
}

/** Of JSON Schema and of flat schemas, and what other products note there. */
const KEYWORDS: ReadonlySet<string> = new Set([
  ...['type', 'required', 'secret', 'position', 'default', 'description', 'title', 'enum', 'const', 'format', 'label'],
  ...['example', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'nullable', 'optional', 'immutable', 'notes'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'pattern', 'minLength', 'maxLength'],
  ...['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains', 'minContains', 'maxContains'],
  ...[
    'minItems',
    'maxItems',
    'uniqueItems',
    'properties',
    'patternProperties',
    'additionalProperties',
    'propertyNames',
  ],
  ...['unevaluatedProperties', 'minProperties', 'maxProperties', 'dependencies', 'dependentRequired'],
  ...['dependentSchemas', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'definitions', 'contentEncoding'],
  ...['contentMediaType', 'contentSchema'],
]);
const MAPS_OF_SCHEMAS = ['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas'];
const SCHEMAS = ['items', 'additionalProperties', 'contains', 'not', 'if', 'then', 'else'];
const LISTS_OF_SCHEMAS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];

/**
 * Keys that are almost a keyword, and defaults of another type than their own: those of the
 * properties of a schema of either form, at any depth. Other keys are for readers.
 */
export function schemaMistakes(schema: JsonObject, path = ''): SchemaMistake[] {
  if (isJsonSchema(schema)) return mistakesIn(schema, path);
  return Object.entries(schemaProperties(schema)).flatMap(([name, property]) =>
    mistakesIn(property, appendPointer(path, name)),
  );
}

function mistakesIn(schema: Json | undefined, path: string): SchemaMistake[] {
  if (!isObject(schema)) return [];
  const inner = (key: string, value: Json | undefined) => mistakesIn(value, appendPointer(path, key));
  const innerOf = (key: string): SchemaMistake[] =>
    membersAt(schema, key).flatMap(([name, value]) => mistakesIn(value, appendPointer(appendPointer(path, key), name)));
  return [
    ...Object.keys(schema).flatMap((key) => keywordMistakes(key, path)),
    ...defaultMistakes(schema, path),
    ...[...MAPS_OF_SCHEMAS, ...LISTS_OF_SCHEMAS].flatMap(innerOf),
    ...SCHEMAS.flatMap((key) => inner(key, schema[key])),
  ];
}

/** The members of a map or list. */
function membersAt(schema: JsonObject, key: string): (readonly [string, Json])[] {
  const value = schema[key];
  if (Array.isArray(value)) return value.map((member, at) => [String(at), member]);
  return isObject(value) ? Object.entries(value) : [];
}

function keywordMistakes(key: string, path: string): SchemaMistake[] {
  const keyword = KEYWORDS.has(key) ? null : closestMatch(key, KEYWORDS);
  const why = `'${key}' has no meaning here. Did you mean '${keyword ?? ''}'?`;
  return keyword === null ? [] : [{ path: appendPointer(path, key), why }];
}

function defaultMistakes({ type, default: value }: JsonObject, path: string): SchemaMistake[] {
  const types = [type].flat().filter((each) => typeof each === 'string');
  const isExpression = typeof value === 'string' && value.includes('{{');
  if (
    value === undefined ||
    value === null ||
    isExpression ||
    types.length === 0 ||
    types.some((each) => isOfType(value, each))
  )
    return [];
  const advice = types.includes('boolean') ? ': write true or false' : '';
  return [{ path: appendPointer(path, 'default'), why: `the default is not of type ${types.join(' or ')}${advice}` }];
}

/** True also of what is no type: the schema is refused elsewhere. */
function isOfType(value: Json, type: string): boolean {
  if (type === 'string' || type === 'boolean') return typeof value === type;
  if (type === 'integer') return typeof value === 'bigint' || Number.isInteger(value);
  if (type === 'number') return typeof value === 'bigint' || typeof value === 'number';
  if (type === 'array') return Array.isArray(value);
  return type === 'object' ? isObject(value) : type !== 'null';
}
