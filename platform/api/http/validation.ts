import { DomainError } from '../../base/domain-error';
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import type { FastifySchemaValidationError } from 'fastify';
import { PlainTextError } from './errors';

type CoercedParameters = Record<string, unknown>;
type ParameterValidator = (value: unknown) => { value: unknown } | { error: FastifySchemaValidationError[] };

/**
 * Formats are checked by the handlers that read them. `validateSchema: false`: a test checks the
 * schemas of all routes. `optimize: false`: to optimize takes a third of the time to compile, and
 * validation takes as long without it.
 */
const ajv = new Ajv({
  allErrors: true,
  strict: false,
  validateFormats: false,
  validateSchema: false,
  verbose: true,
  code: { optimize: false },
});

const compiledValidators = new WeakMap<object, ValidateFunction>();

/**
 * Bodies are validated as they are; parameters, which are texts, are coerced first. Each schema
 * object is compiled once, for its first value: all of them together take 0.4 s.
 */
export function compileRequestValidator(schema: object, part: string | undefined): ParameterValidator {
  return (value) => {
    const validate = compiledValidator(schema);
    const input = part === 'body' ? dropAbsentNulls(schema, value) : coerce(schema, value);
    if (validate(input)) return { value: input };
    return { error: validate.errors as FastifySchemaValidationError[] };
  };
}

function compiledValidator(schema: object): ValidateFunction {
  const validate = compiledValidators.get(schema) ?? ajv.compile(schema);
  compiledValidators.set(schema, validate);
  return validate;
}

/** A body without the keys for which null means absence. */
function dropAbsentNulls(schema: object, body: unknown): unknown {
  const { properties = {} } = schema as { properties?: Record<string, PropertySchema> };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const entries: [string, unknown][] = Object.entries(body);
  const isAbsentNull = ([name, value]: [string, unknown]) =>
    value === null && Object.hasOwn(properties, name) && properties[name]?.nullIsAbsent === true;
  return entries.some(isAbsentNull) ? Object.fromEntries(entries.filter((entry) => !isAbsentNull(entry))) : body;
}

const INTEGER_PATTERN = /^-?\d+$/;
const NUMBER_PATTERN = /^-?\d+(?:\.\d+)?$/;
const MAX_INT64 = 2n ** 63n - 1n;

interface PropertySchema {
  readonly type?: string | readonly string[];
  readonly saturates?: boolean;
  readonly nullIsAbsent?: boolean;
  readonly repeats?: boolean;
}

/**
 * The texts of a path or query, coerced to the types of their schema; a text that cannot be
 * coerced fails validation.
 */
function coerce(schema: object, value: unknown): CoercedParameters {
  const { properties = {} } = schema as { properties?: Record<string, PropertySchema> };
  const coerced: CoercedParameters = Object.assign(Object.create(null) as CoercedParameters, value);
  for (const [name, property] of Object.entries(properties)) {
    const given = coerced[name];
    const text = property.repeats && Array.isArray(given) ? given.join(',') : given;
    if (typeof text === 'string') coerced[name] = coerceText(text, property);
  }
  return coerced;
}

function coerceText(text: string, { type, saturates }: PropertySchema): unknown {
  if (type === 'integer' && INTEGER_PATTERN.test(text)) return parseInteger(text, saturates ?? false);
  if (type === 'number' && NUMBER_PATTERN.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/**
 * Numbers beyond the whole numbers of a double match no row and are clamped; beyond int64 they are
 * invalid.
 */
function parseInteger(text: string, saturates: boolean): number | string {
  if (Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER) return Number(text);
  if (!saturates && (text.length > 20 || BigInt(text) > MAX_INT64 || BigInt(text) < -MAX_INT64)) return text;
  return text.startsWith('-') ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
}

/**
 * A wrong type or a missing field is answered as text; a value of the right type that is out of
 * bounds as fields.
 */
const SHAPE_KEYWORDS = new Set(['type', 'required', 'enum', 'const', 'anyOf', 'oneOf', 'additionalProperties', 'not']);

/**
 * The response to invalid input: text 400 for path and query, text 422 for a body's shape,
 * envelope A for its fields.
 */
export function translateValidationErrors(errors: readonly ErrorObject[], part: string): DomainError | PlainTextError {
  const prefix = part === 'body' ? '' : part === 'params' ? 'path ' : 'query ';
  const shapeErrors = errors.filter(({ keyword }) => SHAPE_KEYWORDS.has(keyword));
  if (part !== 'body') return new PlainTextError(400, formatErrors(errors, prefix));
  if (shapeErrors.length > 0) return new PlainTextError(422, formatErrors(shapeErrors, prefix));
  const fields = errors.map((error) => ({ path: errorPath(error), message: describeExpectation(error) }));
  return new DomainError('VALIDATION_ERROR', formatErrors(errors, prefix), { fields });
}

const formatErrors = (errors: readonly ErrorObject[], prefix: string): string =>
  [...new Set(errors.map((error) => `${prefix}${errorPath(error)} ${describeExpectation(error)}`))].join('; ');

const errorPath = ({ instancePath, keyword, params }: ErrorObject): string => {
  const path = keyword === 'required' ? `${instancePath}/${String(params.missingProperty)}` : instancePath;
  return path.slice(1) || 'body';
};

/** The expected value. */
function describeExpectation({ keyword, params, message, data }: ErrorObject): string {
  const limit = String(params.limit);
  switch (keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
      return `must not have ${String(params.additionalProperty)}`;
    case 'type':
      return `must be ${describeTypes(params.type)}`;
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'minLength':
      return `must have at least ${limit} characters, it has ${countCodePoints(data)}`;
    case 'maxLength':
      return `must have at most ${limit} characters, it has ${countCodePoints(data)}`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    default:
      return message ?? 'is not as it must be';
  }
}

/** In code points, as JSON Schema counts. */
const countCodePoints = (text: unknown): number => Array.from(String(text)).length;

const TYPE_PHRASES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

const describeTypes = (type: unknown): string => {
  const types = Array.isArray(type) ? type : String(type).split(',');
  return types.map((name) => TYPE_PHRASES[String(name)] ?? String(name)).join(' or ');
};
