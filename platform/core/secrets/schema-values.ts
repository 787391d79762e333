import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { propertyTaint } from './schema-taint';
import { mergeTaints, taintFromMembers, type Taint } from './taint';

/** Keywords whose value is one of the property, and those whose value lists some. */
const VALUES = ['default', 'const', 'example'] as const;
const VALUE_LISTS = ['enum', 'examples'] as const;

/**
 * The taint of a schema, flat or classic, as a document: the defaults and other values in it of
 * what it declares secret.
 */
export const schemaValuesTaint = (schema: JsonObject | null): Taint =>
  schema === null ? null : mergeTaints(valuesTaint(schema, null), membersTaint(schema, null));

const membersTaint = (properties: JsonObject, outer: true | null): Taint =>
  taintFromMembers(Object.entries(properties).map(([name, property]) => [name, valuesTaint(property, outer)]));

/** `outer` true: the property is a part of what is secret as a whole. */
function valuesTaint(property: Json | undefined, outer: true | null): Taint {
  if (!isObject(property)) return null;
  const own = outer === true || property.secret === true ? true : null;
  const { properties, items } = property;
  const taintOf = (value: Json): Taint => own ?? propertyTaint(property, value);
  const values = VALUES.map((keyword) => [keyword, taintOf(property[keyword] ?? null)] as const);
  const lists = VALUE_LISTS.map((keyword) => [keyword, listTaint(property[keyword], taintOf)] as const);
  const parts = [
    ['properties', isObject(properties) ? membersTaint(properties, own) : null],
    ['items', valuesTaint(items, own)],
  ] as const;
  return taintFromMembers([...values, ...lists, ...parts]);
}

const listTaint = (list: Json | undefined, taintOf: (value: Json) => Taint): Taint =>
  Array.isArray(list) ? taintFromMembers(list.map((value, index) => [index, taintOf(value)])) : null;
