import { Refusal } from '../refusal';
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import type { FastifySchemaValidationError } from 'fastify';
import { TextRefusal } from './errors';

type Coerced = Record<string, unknown>;
type Validator = (value: unknown) => { value: unknown } | { error: FastifySchemaValidationError[] };

/** Every word of the schemas is ours, so an unknown one is a mistake. Formats are checked by the handlers that read them. */
const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, verbose: true });

const compiled = new WeakMap<object, ValidateFunction>();

/** Compiles once per schema object. Bodies are taken as they are; parameters, being texts, are read by `coerce`. */
export function validatorOf(schema: object, part: string | undefined): Validator {
  const check = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, check);
  return (value) => {
    const read = part === 'body' ? withoutNulls(schema, value) : coerce(schema, value);
    if (check(read)) return { value: read };
    return { error: check.errors as FastifySchemaValidationError[] };
  };
}

/** A body without the keys whose null says no more than their absence. */
function withoutNulls(schema: object, body: unknown): unknown {
  const { properties = {} } = schema as { properties?: Record<string, Property> };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const entries: [string, unknown][] = Object.entries(body);
  const isNothing = ([name, value]: [string, unknown]) =>
    value === null && Object.hasOwn(properties, name) && properties[name]?.nullIsAbsent === true;
  return entries.some(isNothing) ? Object.fromEntries(entries.filter((entry) => !isNothing(entry))) : body;
}

const WHOLE = /^-?\d+$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
const LARGEST_ID = 2n ** 63n - 1n;

interface Property {
  readonly type?: string | readonly string[];
  readonly saturates?: boolean;
  readonly nullIsAbsent?: boolean;
}

/** The texts of a path or query as the values their schema names; what does not read stays a text and is refused by it. */
function coerce(schema: object, value: unknown): Coerced {
  const { properties = {} } = schema as { properties?: Record<string, Property> };
  const read: Coerced = Object.assign(Object.create(null) as Coerced, value);
  for (const [name, property] of Object.entries(properties)) {
    const text = read[name];
    if (typeof text === 'string') read[name] = coerceText(text, property);
  }
  return read;
}

function coerceText(text: string, { type, saturates }: Property): unknown {
  if (type === 'integer' && WHOLE.test(text)) return wholeOf(text, saturates ?? false);
  if (type === 'number' && NUMBER.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** No row has a number beyond a double's whole ones, so those stand for "none"; beyond int64 it is not a number at all. */
function wholeOf(text: string, saturates: boolean): number | string {
  if (Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER) return Number(text);
  if (!saturates && (text.length > 20 || BigInt(text) > LARGEST_ID || BigInt(text) < -LARGEST_ID)) return text;
  return text.startsWith('-') ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
}

/** A wrong type or a missing field is the frame's refusal; a value of the right type that is out of bounds is a field's. */
const SHAPE = new Set(['type', 'required', 'enum', 'const', 'anyOf', 'oneOf', 'additionalProperties', 'not']);

/** What a failed validation answers: text 400 for path and query, text 422 for a body's shape, envelope A for its fields. */
export function validationRefusal(errors: readonly ErrorObject[], part: string): Refusal | TextRefusal {
  const where = part === 'body' ? '' : part === 'params' ? 'path ' : 'query ';
  const shape = errors.filter(({ keyword }) => SHAPE.has(keyword));
  if (part !== 'body') return new TextRefusal(400, lines(errors, where));
  if (shape.length > 0) return new TextRefusal(422, lines(shape, where));
  const fields = errors.map((error) => ({ path: pathOf(error), message: rightOf(error) }));
  return new Refusal('VALIDATION_ERROR', lines(errors, where), { fields });
}

const lines = (errors: readonly ErrorObject[], where: string): string =>
  [...new Set(errors.map((error) => `${where}${pathOf(error)} ${rightOf(error)}`))].join('; ');

const pathOf = ({ instancePath, keyword, params }: ErrorObject): string => {
  const path = keyword === 'required' ? `${instancePath}/${String(params.missingProperty)}` : instancePath;
  return path.slice(1) || 'body';
};

/** What would be right. */
function rightOf({ keyword, params, message, data }: ErrorObject): string {
  const limit = String(params.limit);
  switch (keyword) {
    case 'required':
      return 'is required';
    case 'type':
      return `must be ${words(params.type)}`;
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'minLength':
      return `must have at least ${limit} characters, it has ${lengthOf(data)}`;
    case 'maxLength':
      return `must have at most ${limit} characters, it has ${lengthOf(data)}`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    default:
      return message ?? 'is not as it must be';
  }
}

/** In code points, as the schema counts. */
const lengthOf = (text: unknown): number => Array.from(String(text)).length;

const ARTICLES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

const words = (type: unknown): string => {
  const types = Array.isArray(type) ? type : String(type).split(',');
  return types.map((name) => ARTICLES[String(name)] ?? String(name)).join(' or ');
};
