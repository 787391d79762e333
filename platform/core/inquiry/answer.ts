import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import { RE2JS } from 're2js';
import { isObject, type Json, type JsonObject } from '../../../contract/json';

/** What of an answer is not as it must be: `path` from the request's `response` on, then what would be right. */
export interface AnswerFault {
  readonly path: string;
  readonly message: string;
}

/** Characters of a schema that is held against answers: compiling takes longer than linear time. */
const MOST_SCHEMA_CHARACTERS = 65_536;

/** Why the schema cannot be held against answers; null where it can. */
export function schemaFault(schema: JsonObject): string | null {
  const { length } = JSON.stringify(schema);
  if (length > MOST_SCHEMA_CHARACTERS) return `it has ${length} characters, at most ${MOST_SCHEMA_CHARACTERS} are read`;
  if ('$async' in schema) return '$async is not for answers';
  try {
    compile(schema);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Every fault of an answer, none where it is as the schema says. Throws for a schema that has a fault itself. */
export function answerFaults(schema: JsonObject, answer: Json): AnswerFault[] {
  const check = compile(schema);
  return check(answer) ? [] : (check.errors ?? []).map(faultOf);
}

/** An engine of its own for each schema: what one names with `$id` is no other's business. */
function compile(schema: JsonObject): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, strict: false, logger: false, formats: FORMATS, code: { regExp: linear } });
  return ajv.compile(isFlat(schema) ? { type: 'object', ...membersOf(schema) } : schema);
}

/** A map of property names holds property objects and nothing else; a JSON Schema has words of its own among its keys. */
function isFlat(schema: JsonObject): boolean {
  const { properties } = schema;
  const isPropertyList = isObject(properties) && typeof properties.type !== 'string';
  const values = Object.values(schema);
  return values.length > 0 && values.every(isObject) && !isPropertyList;
}

/** Users' expressions must not hold a core: RE2 takes linear time. */
const linear = Object.assign(
  (pattern: string) => {
    const expression = RE2JS.compile(pattern);
    return { test: (text: string) => expression.matcher(text).find() };
  },
  { code: 'linear' },
);

const DATE = /^\d{4}-\d\d-\d\d$/;
const isDate = (text: string): boolean =>
  DATE.test(text) && new Date(`${text}T00:00:00Z`).getUTCDate() === Number(text.slice(8));

/** Any other format is a remark. */
const FORMATS = {
  date: isDate,
  'date-time': (text: string): boolean => isDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)),
};

/** A flat schema says in each property whether it is required. */
function membersOf(flat: JsonObject): JsonObject {
  const properties = Object.entries(flat).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  return {
    properties: Object.fromEntries(properties.map(([name, property]) => [name, propertyOf(property)])),
    required: properties.filter(([, { required }]) => required === true).map(([name]) => name),
  };
}

/** JSON Schema knows `required` as a list only. */
function propertyOf({ required, ...rest }: JsonObject): JsonObject {
  const { properties, items } = rest;
  return {
    ...rest,
    ...(isObject(properties) && membersOf(properties)),
    ...(isObject(items) && { items: propertyOf(items) }),
    ...(Array.isArray(required) && { required }),
  };
}

const faultOf = ({ instancePath, keyword, params, message }: ErrorObject): AnswerFault => {
  const missing = keyword === 'required' ? `/${String(params.missingProperty)}` : '';
  return { path: `response${instancePath}${missing}`, message: rightOf(keyword, params, message) };
};

function rightOf(keyword: string, params: Record<string, unknown>, message = 'is not as it must be'): string {
  if (keyword === 'required') return 'is required';
  if (keyword === 'enum') return `must be one of ${JSON.stringify(params.allowedValues)}`;
  return message;
}
