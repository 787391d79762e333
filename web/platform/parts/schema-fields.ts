import type { Json, JsonObject } from '../../../contract/json';
import { InexactNumberError, parseExactJson } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import { isRedacted } from '../../components/redacted';

/** One property of a schema, as a form asks for it. */
export interface Field {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'choice' | 'json';
  /** What a JSON field accepts: `array`, `object`; empty: any value. */
  readonly type: string;
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  readonly description: string;
  /** What the platform takes where nothing is given; a redacted secret is `REDACTED`. */
  readonly preset: Json | undefined;
  /** Of a choice. */
  readonly choices: readonly Json[];
  /** A given secret, redacted. */
  readonly redacted: Json | undefined;
}

/** What values may be, beside those of the schema. */
export interface ValueOptions {
  /** An expression, in place of a value of any type: `{{ event.payload.count }}`. */
  readonly acceptsTemplates?: boolean;
  /** A redacted secret, in whose place the platform keeps the stored one. */
  readonly keepsSecrets?: boolean;
}

/** What is typed into each field, by its name. */
export type Texts = Readonly<Record<string, string>>;

/** A value, or why there is none. An absent value is not sent. */
export type Read<T> = { readonly value: T } | { readonly error: string };

/**
 * The fields of a schema of either form: a map of properties, or a JSON Schema of type object.
 * Those with a `position` are first, then the required ones. A given value that the schema does
 * not name is a JSON field at the end.
 */
export function fieldsOf(schema: JsonObject | null, given: JsonObject = {}): Field[] {
  const named = namedProperties(schema ?? {});
  const known = new Set(named.map(([name]) => name));
  const sorted = named
    .map(([name, property, isRequired]) => ({
      field: fieldOf(name, property, isRequired, given[name]),
      rank: typeof property.position === 'number' ? property.position : isRequired ? 1e9 : 2e9,
    }))
    .sort((a, b) => a.rank - b.rank);
  const others = Object.keys(given).filter((name) => !known.has(name));
  return [...sorted.map(({ field }) => field), ...others.map((name) => fieldOf(name, {}, false, given[name]))];
}

function namedProperties(schema: JsonObject): [string, JsonObject, boolean][] {
  const isClassic = schema.type === 'object';
  const properties = isClassic ? (isMap(schema.properties) ? schema.properties : {}) : schema;
  const required = isClassic && Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).flatMap(([name, property]): [string, JsonObject, boolean][] =>
    isMap(property) ? [[name, property, isClassic ? required.includes(name) : property.required === true]] : [],
  );
}

function fieldOf(name: string, property: JsonObject, isRequired: boolean, given: Json | undefined): Field {
  const type = typeOf(property);
  const choices = Array.isArray(property.enum) ? property.enum : [];
  return {
    name,
    kind: choices.length > 0 ? 'choice' : (KINDS[type] ?? 'json'),
    type,
    isSecret: property.secret === true || property.format === 'password',
    isRequired,
    description: typeof property.description === 'string' ? property.description : '',
    preset: property.default,
    choices,
    redacted: isRedacted(given) ? given : undefined,
  };
}

const KINDS: Readonly<Record<string, Field['kind']>> = {
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
};

/** The only type beside null; empty: several, or any. */
function typeOf({ type }: JsonObject): string {
  const types = [type].flat().filter((each): each is string => typeof each === 'string' && each !== 'null');
  return types.length === 1 ? types[0]! : '';
}

export const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const holdsRedacted = (value: Json): boolean =>
  isRedacted(value) || (typeof value === 'object' && value !== null && Object.values(value).some(holdsRedacted));

/** The texts of fields: those of the given values, else those of the schema's defaults. */
export const textsOf = (fields: readonly Field[], given: JsonObject, { acceptsTemplates }: ValueOptions = {}): Texts =>
  Object.fromEntries(
    fields.map((field) => {
      const value = given[field.name] ?? field.preset;
      return [field.name, acceptsTemplates && isTemplate(value) ? value : textOf(field, value)];
    }),
  );

export const isTemplate = (value: Json | undefined): value is string =>
  typeof value === 'string' && value.trimStart().startsWith('{{');

function textOf({ kind }: Field, value: Json | undefined): string {
  if (value === undefined || value === null || isRedacted(value)) return '';
  if (kind === 'text' && typeof value === 'string') return value;
  return writeJson(value, kind === 'json' ? 2 : undefined);
}

/** The values of the texts, or what is wrong by the name of the field. */
export function valuesOf(
  fields: readonly Field[],
  texts: Texts,
  { acceptsTemplates = false, keepsSecrets = false }: ValueOptions = {},
): { readonly values: JsonObject } | { readonly errors: ReadonlyMap<string, string> } {
  const values: [string, Json][] = [];
  const errors = new Map<string, string>();
  for (const field of fields) {
    const text = texts[field.name] ?? '';
    const read =
      text === '' && keepsSecrets && field.redacted !== undefined
        ? { value: field.redacted }
        : acceptsTemplates && isTemplate(text)
          ? { value: text }
          : readField(field, text, keepsSecrets);
    if ('error' in read) errors.set(field.name, read.error);
    else if (read.value !== undefined) values.push([field.name, read.value]);
  }
  return errors.size > 0 ? { errors } : { values: Object.fromEntries(values) };
}

function readField(field: Field, text: string, keepsSecrets: boolean): Read<Json | undefined> {
  const { kind, preset, isRequired, choices } = field;
  if (text === '') {
    if (kind === 'text' && typeof preset === 'string' && preset !== '') return { value: '' };
    return isRequired && preset === undefined ? { error: 'is required' } : { value: undefined };
  }
  if (kind === 'text') return { value: text };
  if (kind === 'choice') {
    const value = choices.find((choice) => writeJson(choice) === text);
    return value === undefined ? { error: 'must be one of the choices' } : { value };
  }
  if (Number.isNaN(Number(text)) && (kind === 'number' || kind === 'integer')) return { error: NUMBERS[kind] };
  const read = readJson(text, keepsSecrets);
  return 'error' in read ? read : checkType(field, read.value);
}

const NUMBERS = { number: 'must be a number: 0.5', integer: 'must be a whole number: 5' };

function checkType({ kind, type }: Field, value: Json): Read<Json> {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  if (kind === 'number' && !isNumber) return { error: NUMBERS.number };
  if (kind === 'integer' && !(typeof value === 'bigint' || Number.isInteger(value))) return { error: NUMBERS.integer };
  if (type === 'array' && !Array.isArray(value)) return { error: 'must be a list: ["a", "b"]' };
  if (type === 'object' && !isMap(value)) return { error: 'must be an object: {"name": "value"}' };
  return { value };
}

/** A document as the platform reads it: a number that would be rounded is an error. */
export function readJson(text: string, keepsSecrets = false): Read<Json> {
  try {
    const value = parseExactJson(text);
    return !keepsSecrets && holdsRedacted(value)
      ? { error: 'has a secret that is not shown: write its value' }
      : { value };
  } catch (error) {
    if (error instanceof InexactNumberError) return { error: `${error.pointer} ${error.reason}`.trim() };
    if (error instanceof SyntaxError) return { error: `is no JSON: ${error.message}` };
    throw error;
  }
}

/** The same, of an object alone. */
export function readObject(text: string, keepsSecrets = false): Read<JsonObject> {
  const read = readJson(text, keepsSecrets);
  if ('error' in read) return read;
  return isMap(read.value) ? { value: read.value } : { error: 'must be an object: {"name": "value"}' };
}

/** Errors of the API by the name of the field that their path names: `/parameters/host/0`. */
export function placeErrors(
  fields: readonly Field[],
  root: string,
  errors: readonly { readonly path: string; readonly message: string }[],
): { readonly placed: ReadonlyMap<string, string>; readonly others: readonly string[] } {
  const placed = new Map<string, string>();
  const others: string[] = [];
  for (const { path, message } of errors) {
    const pointer = path.startsWith('/') ? path : `/${path}`; // a field of the request itself has no slash
    const [segment = '', ...rest] = pointer.startsWith(`${root}/`) ? pointer.slice(root.length + 1).split('/') : [];
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    const text = rest.length === 0 ? message : `/${rest.join('/')} ${message}`;
    if (!fields.some((field) => field.name === name)) others.push(`${path} ${message}`);
    else placed.set(name, [placed.get(name), text].filter(Boolean).join('; '));
  }
  return { placed, others };
}
