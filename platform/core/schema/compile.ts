import Ajv, { type ValidateFunction } from 'ajv';
import { RE2JS } from 're2js';
import { isObject, type JsonObject } from '../../../contract/json';
import { isClassic } from '../workflow/parameters';

/** Characters of a schema that values are held against: compiling takes longer than linear time. */
const MOST_CHARACTERS = 65_536;

/** A schema of an author that no value can be held against. */
export class SchemaUnusable extends Error {
  constructor(why: string) {
    super(`the schema cannot be used: ${why}`);
    this.name = 'SchemaUnusable';
  }
}

/**
 * A check of values against an author's schema, flat or classic. Errors carry the value they are about (`data`). Any
 * format is a remark. Throws SchemaUnusable.
 */
export function compileSchema(schema: JsonObject): ValidateFunction {
  const { length } = JSON.stringify(schema);
  if (length > MOST_CHARACTERS)
    throw new SchemaUnusable(`it has ${length} characters, at most ${MOST_CHARACTERS} are read`);
  // An engine of its own for each: what one schema names with `$id` is no other's business.
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    logger: false,
    verbose: true,
    validateFormats: false,
    code: { regExp: linear },
  });
  try {
    return ajv.compile(isClassic(schema) ? schema : { type: 'object', ...membersOf(schema) });
  } catch (error) {
    throw new SchemaUnusable(error instanceof Error ? error.message : String(error));
  }
}

/** Users' expressions must not hold a core: RE2 takes linear time. */
const linear = Object.assign(
  (pattern: string) => {
    const expression = RE2JS.compile(pattern);
    return { test: (text: string) => expression.matcher(text).find() };
  },
  { code: 'linear' },
);

/** A flat schema says in each property whether it is required. */
function membersOf(flat: JsonObject): JsonObject {
  const properties = Object.entries(flat).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  return {
    properties: Object.fromEntries(properties.map(([name, property]) => [name, propertyOf(property)])),
    required: properties.filter(([, { required }]) => required === true).map(([name]) => name),
  };
}

/** Our words, which say nothing of the value. */
const OURS = new Set(['required', 'secret', 'position']);

/** JSON Schema knows `required` as a list only. */
function propertyOf(property: JsonObject): JsonObject {
  const { required, properties, items } = property;
  return {
    ...Object.fromEntries(Object.entries(property).filter(([word]) => !OURS.has(word))),
    ...(isObject(properties) && membersOf(properties)),
    ...(isObject(items) && { items: propertyOf(items) }),
    ...(Array.isArray(required) && { required }),
  };
}
