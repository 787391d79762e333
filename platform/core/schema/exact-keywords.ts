import type Ajv from 'ajv';
import type { DataValidationCxt, DataValidateFunction } from 'ajv/dist/types';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { valueAt } from '../secrets/json-pointer';

/*
 * The validator knows no bigint. A document that has one is validated as a view, in which it is
 * the nearest double; keywords that compare numbers read the document itself.
 */

/** The value with the nearest double in the place of each bigint; itself where it has none. */
export function withDoubles(value: Json): Json {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const elements = value.map(withDoubles);
    return elements.some((element, at) => element !== value[at]) ? elements : value;
  }
  const entries = Object.entries(value);
  const members = entries.map(([name, member]) => [name, withDoubles(member)] as const);
  return members.some(([, member], at) => member !== entries[at]![1]) ? Object.fromEntries(members) : value;
}

type Numeric = number | bigint;

const COMPARISONS: Readonly<Record<string, readonly [string, (value: Numeric, limit: Numeric) => boolean]>> = {
  minimum: ['>=', (value, limit) => value >= limit],
  maximum: ['<=', (value, limit) => value <= limit],
  exclusiveMinimum: ['>', (value, limit) => value > limit],
  exclusiveMaximum: ['<', (value, limit) => value < limit],
};

type Check = (value: Json) => boolean;

const isMultiple = (value: Json, divisor: Json): boolean => {
  const isWhole = [value, divisor].every((each) => typeof each === 'bigint' || Number.isInteger(each));
  if (isWhole) return BigInt(value as Numeric) % BigInt(divisor as Numeric) === 0n;
  return Number.isInteger(Number(value) / Number(divisor));
};

/** Equal for equal values: keys sorted, a double as the integer that it is. */
function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`;
  if (!isObject(value)) return writeJson(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${writeJson(name)}:${canonicalText(member)}`).join()}}`;
}

function isOneOf(allowed: readonly Json[]): Check {
  const texts = new Set(allowed.map(canonicalText));
  return (value) => texts.has(canonicalText(value));
}

/** Positions of the first element that equals an earlier one: of both, or null. */
function findDuplicate(elements: readonly Json[]): readonly [number, number] | null {
  const positions = new Map<string, number>();
  for (const [at, element] of elements.entries()) {
    const text = canonicalText(element);
    const earlier = positions.get(text);
    if (earlier !== undefined) return [earlier, at];
    positions.set(text, at);
  }
  return null;
}

interface Keyword {
  readonly type?: 'number' | 'array';
  /** What a value must meet; `given` is the value of the keyword. */
  check(given: Json): Check;
  message(given: Json, value: Json): string;
  params?(given: Json): JsonObject;
}

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  multipleOf: {
    type: 'number',
    check: (given) => (value) => isMultiple(value, given),
    message: (given) => `must be multiple of ${writeJson(given)}`,
  },
  const: { check: (given) => isOneOf([given]), message: () => 'must be equal to constant' },
  enum: {
    check: (given) => isOneOf(Array.isArray(given) ? given : []),
    message: () => 'must be equal to one of the allowed values',
    params: (allowedValues) => ({ allowedValues }),
  },
};

const UNIQUE_ITEMS: Keyword = {
  type: 'array',
  check: (isRequired) => (value) => isRequired !== true || !Array.isArray(value) || findDuplicate(value) === null,
  message: (_isRequired, value) => {
    const [first, second] = (Array.isArray(value) && findDuplicate(value)) || [];
    return `must NOT have duplicate items (items ## ${first} and ${second} are identical)`;
  },
};

/** The value that a keyword checks, given what the validator has in its place. */
type Reader = (data: unknown, context: DataValidationCxt | undefined) => Json;

/** Reads what is being validated itself, not its view. */
const readerOf =
  (document: () => Json): Reader =>
  (_data, context) =>
    valueAt(document(), context?.instancePath ?? '') ?? null;

/**
 * Compares elements by their canonical texts, in linear time: the validator's own keyword
 * compares each pair. `document` returns what is being validated, where that may have a bigint.
 */
export function addUniqueItems(ajv: Ajv, document?: () => Json): void {
  addKeyword(ajv, document ? readerOf(document) : (data) => data as Json, 'uniqueItems', UNIQUE_ITEMS);
}

/** Replaces the keywords that compare numbers. `document` returns what is being validated. */
export function addExactKeywords(ajv: Ajv, document: () => Json): void {
  const read = readerOf(document);
  for (const [keyword, [comparison, holds]] of Object.entries(COMPARISONS)) {
    addKeyword(ajv, read, keyword, {
      type: 'number',
      check: (limit) => (value) => holds(value as Numeric, limit as Numeric),
      message: (limit) => `must be ${comparison} ${writeJson(limit)}`,
      params: (limit) => ({ comparison, limit }),
    });
  }
  for (const [keyword, definition] of Object.entries(KEYWORDS)) addKeyword(ajv, read, keyword, definition);
  addUniqueItems(ajv, document);
}

function addKeyword(ajv: Ajv, read: Reader, keyword: string, definition: Keyword): void {
  const { type, check, message, params = () => ({}) } = definition;
  const compile = (given: Json): DataValidateFunction => {
    const isMet = check(given);
    const validate: DataValidateFunction = (data: unknown, context?: DataValidationCxt) => {
      const value = read(data, context);
      if (isMet(value)) return true;
      validate.errors = [{ keyword, message: message(given, value), params: params(given) }];
      return false;
    };
    return validate;
  };
  ajv.removeKeyword(keyword);
  ajv.addKeyword(type === undefined ? { keyword, compile } : { keyword, type, compile });
}
