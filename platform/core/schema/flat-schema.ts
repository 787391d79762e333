import { isObject, type Json, type JsonObject } from '../../../contract/json';

/*
 * A schema has one of two forms: the flat one maps property names to properties, each with its own
 * `required`; the classic one is a JSON Schema of type object.
 */

/** A flat schema may have a parameter called `type`: its value is a map, not `object`. */
export const isJsonSchema = (schema: JsonObject): boolean => schema.type === 'object';

/** Properties by name, of either form. */
export function schemaProperties(schema: JsonObject): JsonObject {
  if (!isJsonSchema(schema)) return schema;
  return isObject(schema.properties) ? schema.properties : {};
}

/** The parameters with the schema's defaults where one is missing or null. */
export function withDefaults(schema: JsonObject | null, parameters: JsonObject | null): JsonObject {
  const given = parameters ?? {};
  const defaults = Object.entries(schemaProperties(schema ?? {})).flatMap(([name, property]): [string, Json][] => {
    const value = isObject(property) ? property.default : undefined;
    const isMissing = !Object.hasOwn(given, name) || given[name] === null;
    return value !== undefined && isMissing ? [[name, value]] : [];
  });
  return { ...given, ...Object.fromEntries(defaults) };
}

/** A flat schema as a JSON Schema. */
export const flatToJsonSchema = (flat: JsonObject): JsonObject => ({ type: 'object', ...membersOf(flat) });

function membersOf(flat: JsonObject): JsonObject {
  const properties = Object.entries(flat).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  return {
    properties: Object.fromEntries(properties.map(([name, property]) => [name, propertyToJsonSchema(property)])),
    required: properties.filter(([, { required }]) => required === true).map(([name]) => name),
  };
}

/** Keywords of flat schemas that JSON Schema does not have, or has with another meaning. */
const FLAT_KEYWORDS = new Set(['required', 'secret', 'position']);

function propertyToJsonSchema(property: JsonObject): JsonObject {
  const { required, properties, items } = property;
  return {
    ...Object.fromEntries(Object.entries(property).filter(([keyword]) => !FLAT_KEYWORDS.has(keyword))),
    ...(isObject(properties) && membersOf(properties)),
    ...(isObject(items) && { items: propertyToJsonSchema(items) }),
    ...(Array.isArray(required) && { required }),
  };
}
