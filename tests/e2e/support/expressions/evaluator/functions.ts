import { callable, type Callable } from './callable';
import { OperationError, typeError } from './expression-error';
import { LIST_FUNCTIONS } from './list-functions';
import { calculate, decimalResult, integerResult, isNumeric, wholeOf } from './numbers';
import { isIn } from './operators';
import { byteCount, charactersOf, compareTexts, isTrue, textOf, typeOf } from './values';
import { isObject, type Json } from '../../../../../contract/json';

const NUMBER_TEXT = /^\s*([+-]?)(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

/** A text that spells a number is that number, and a boolean is 1 or 0. */
export function toNumber(name: string, value: Json): number | bigint {
  if (isNumeric(value)) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const spelled = typeof value === 'string' ? NUMBER_TEXT.exec(value) : null;
  if (!spelled) throw typeError(`${name}: argument 1`);
  const [, sign, digits = '', exponent] = spelled;
  const isInteger = !digits.includes('.') && exponent === undefined;
  const isBelowDoubles = Number(spelled[0]) === 0 && /[1-9]/.test(digits);
  if (isBelowDoubles) throw typeError(`${name}: argument 1`);
  if (!isInteger) return decimalResult(Number(spelled[0]));
  const integer = BigInt(digits) * (sign === '-' ? -1n : 1n);
  if (integer < -(2n ** 63n) || integer >= 2n ** 64n) throw typeError(`${name}: argument 1`);
  return integerResult(integer);
}

function lengthOf(value: Json): number {
  if (typeof value === 'string') return byteCount(value);
  if (Array.isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  throw typeError('length: argument 1');
}

/** The smaller or the larger of two numbers, or of two texts. */
const extreme = (name: string, isChosen: (order: number) => boolean): Callable =>
  callable(['any', 'any'], (left, right) => {
    if (typeof left === 'string' && typeof right === 'string')
      return isChosen(compareTexts(left, right)) ? left : right;
    if (isNumeric(left) && isNumeric(right)) return isChosen(left < right ? -1 : left > right ? 1 : 0) ? left : right;
    const isFirstWrong = typeof left !== 'string' && !isNumeric(left);
    throw typeError(`${name}: argument ${isFirstWrong ? 1 : 2}`);
  });

function sumOf(values: readonly Json[]): Json {
  if (!values.every(isNumeric)) throw typeError('sum: argument 1');
  return values.reduce<number | bigint>((total, value) => calculate('+', total, value), 0);
}

/** An empty text is before each character, and at the end. */
function replaced(text: string, old: string, other: string): string {
  if (old !== '') return text.split(old).join(other);
  return charactersOf(text).reduce((made, character) => made + character + other, other);
}

/** What regular expressions of other languages have, and those of RE2 have not. */
const NOT_IN_RE2 = /\\[1-9]|\(\?[=!<]/;

function matches(pattern: string, text: string): boolean {
  if (NOT_IN_RE2.test(pattern)) throw new OperationError('TEMPLATE_ARGUMENTS', 'Regex error: ');
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    throw new OperationError('TEMPLATE_ARGUMENTS', 'Regex error: ');
  }
}

const keysOf = (object: object): string[] => Object.keys(object).sort(compareTexts);

export const FUNCTIONS: Readonly<Record<string, Callable>> = {
  string: callable(['any'], textOf),
  number: callable(['any'], (value) => toNumber('number', value)),
  int: callable(['any'], (value) => wholeOf(toNumber('int', value), 'toZero')),
  bool: callable(['any'], isTrue),
  type_of: callable(['any'], typeOf),
  length: callable(['any'], lengthOf),

  abs: callable(['number'], (value) => (value < 0 ? calculate('-', 0, value) : value)),
  floor: callable(['number'], (value) => wholeOf(value, 'down')),
  ceil: callable(['number'], (value) => wholeOf(value, 'up')),
  round: callable(['number'], (value) => wholeOf(value, 'near')),
  min: extreme('min', (order) => order <= 0),
  max: extreme('max', (order) => order >= 0),
  sum: callable(['list'], sumOf),

  lower: callable(['text'], (text) => text.toLowerCase()),
  upper: callable(['text'], (text) => text.toUpperCase()),
  trim: callable(['text'], (text) => text.trim()),
  replace: callable(['text', 'text', 'text'], replaced),
  split: callable(['text', 'text'], (text, separator) =>
    separator === '' ? charactersOf(text) : text.split(separator),
  ),
  join: callable(['list', 'text'], (list, separator) => list.map(textOf).join(separator)),
  starts_with: callable(['text', 'text'], (text, part) => text.slice(0, part.length) === part),
  ends_with: callable(['text', 'text'], (text, part) => part === '' || text.slice(-part.length) === part),
  match: callable(['text', 'text'], matches),
  contains: callable(['any', 'any'], (haystack, needle) => isIn(needle, haystack)),

  ...LIST_FUNCTIONS,

  keys: callable(['object'], keysOf),
  values: callable(['object'], (object) => keysOf(object).map((key) => object[key]!)),
  merge: callable(['object', 'object'], (left, right) => ({ ...left, ...right })),

  result: { kinds: [], optional: 0, call: (_, { result }) => result },
  succeeded: { kinds: [], optional: 0, call: (_, { outcome }) => outcome.succeeded },
  failed: { kinds: [], optional: 0, call: (_, { outcome }) => outcome.failed },
  timed_out: { kinds: [], optional: 0, call: (_, { outcome }) => outcome.timedOut },
};
