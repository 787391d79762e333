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

type Check = (value: Json, given: Json) => boolean;

const isMultiple: Check = (value, divisor) => {
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

const isSame: Check = (value, expected) => canonicalText(value) === canonicalText(expected);

const isOneOf: Check = (value, allowed) => Array.isArray(allowed) && allowed.some((each) => isSame(value, each));

const hasNoDuplicates: Check = (value, isRequired) =>
  isRequired !== true || !Array.isArray(value) || new Set(value.map(canonicalText)).size === value.length;

interface Keyword {
  readonly type?: 'number' | 'array';
  readonly check: Check;
  message(given: Json): string;
  params?(given: Json): JsonObject;
}

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  multipleOf: { type: 'number', check: isMultiple, message: (given) => `must be multiple of ${writeJson(given)}` },
  const: { check: isSame, message: () => 'must be equal to constant' },
  enum: {
    check: isOneOf,
    message: () => 'must be equal to one of the allowed values',
    params: (allowedValues) => ({ allowedValues }),
  },
  uniqueItems: { type: 'array', check: hasNoDuplicates, message: () => 'must NOT have duplicate items' },
};

/** Replaces the keywords that compare numbers. `document` returns what is being validated. */
export function addExactKeywords(ajv: Ajv, document: () => Json): void {
  for (const [keyword, [comparison, holds]] of Object.entries(COMPARISONS)) {
    addKeyword(ajv, document, keyword, {
      type: 'number',
      check: (value, limit) => holds(value as Numeric, limit as Numeric),
      message: (limit) => `must be ${comparison} ${writeJson(limit)}`,
      params: (limit) => ({ comparison, limit }),
    });
  }
  for (const [keyword, definition] of Object.entries(KEYWORDS)) addKeyword(ajv, document, keyword, definition);
}

function addKeyword(ajv: Ajv, document: () => Json, keyword: string, definition: Keyword): void {
  const { type, check, message, params = () => ({}) } = definition;
  const compile = (given: Json): DataValidateFunction => {
    const validate: DataValidateFunction = (_data: unknown, context?: DataValidationCxt) => {
      if (check(valueAt(document(), context?.instancePath ?? '') ?? null, given)) return true;
      validate.errors = [{ keyword, message: message(given), params: params(given) }];
      return false;
    };
    return validate;
  };
  ajv.removeKeyword(keyword);
  ajv.addKeyword(type === undefined ? { keyword, compile } : { keyword, type, compile });
}
