import { isObject, type Json, type JsonObject } from '../../../contract/json';

/** The parameters with the schema's defaults where one is missing or null. Both forms of schema, flat and classic. */
export function withDefaults(schema: JsonObject | null, parameters: JsonObject | null): JsonObject {
  const given = parameters ?? {};
  const defaults = Object.entries(propertiesOf(schema ?? {})).flatMap(([name, property]): [string, Json][] => {
    const value = isObject(property) ? property.default : undefined;
    const missing = !Object.hasOwn(given, name) || given[name] === null;
    return value !== undefined && missing ? [[name, value]] : [];
  });
  return { ...given, ...Object.fromEntries(defaults) };
}

/** Properties by name: of a classic schema those it lists, of a flat one all its keys. */
export function propertiesOf(schema: JsonObject): JsonObject {
  return isClassic(schema) && isObject(schema.properties) ? schema.properties : isClassic(schema) ? {} : schema;
}

/** A flat schema may have a parameter called `type`; its value is then a map, not a word. */
export const isClassic = (schema: JsonObject): boolean => schema.type === 'object';
