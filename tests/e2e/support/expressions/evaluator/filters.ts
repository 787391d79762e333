import type { Json } from '../../../../../contract/json';
import { parseExactJson } from '../../../../../contract/json-text/parse-json-text';
import { callable, withOptional, type Callable } from './callable';
import { typeError } from './expression-error';
import { FUNCTIONS, toNumber } from './functions';
import { isNumeric, roundTo } from './numbers';
import { charactersOf, jsonText } from './values';

const MOST_DIGITS = 15;

function fromJson(text: string): Json {
  try {
    return parseExactJson(text);
  } catch {
    throw typeError('fromjson: ');
  }
}

function rounded(value: Json, digits: Json): Json {
  const isWhole = isNumeric(digits) && (typeof digits === 'bigint' || Number.isInteger(digits));
  if (!isNumeric(value) || !isWhole || digits > MOST_DIGITS || digits < -MOST_DIGITS)
    throw typeError('round: argument ');
  return roundTo(value, Number(digits));
}

const elementAt = (at: 0 | -1): Callable =>
  callable(['sequence'], (value) => (typeof value === 'string' ? charactersOf(value) : value).at(at) ?? null);

const { upper, lower, trim, length, join, int, sort, unique } = FUNCTIONS as Record<string, Callable>;

export const FILTERS: Readonly<Record<string, Callable>> = {
  default: callable(['any', 'any'], (value, other) => (value === null ? other : value)),
  tojson: callable(['any'], jsonText),
  fromjson: callable(['text'], fromJson),
  upper: upper!,
  lower: lower!,
  trim: trim!,
  length: length!,
  join: join!,
  first: elementAt(0),
  last: elementAt(-1),
  round: withOptional(['any', 'any'], (value = null, digits = 0) => rounded(value, digits)),
  int: int!,
  float: callable(['any'], (value) => toNumber('float', value)),
  sort: sort!,
  unique: unique!,
};
