import { isObject, type Json } from '../../../../../contract/json';
import { typeError } from './expression-error';
import { calculate, isNumeric } from './numbers';
import { compareTexts, isEqual } from './values';

type Operation = (left: Json, right: Json) => Json;

const orderedBy =
  (sign: string, holds: (order: number) => boolean): Operation =>
  (left, right) =>
    holds(order(sign, left, right));

/** Negative, 0 or positive. The first elements that differ decide on lists. */
function order(sign: string, left: Json, right: Json): number {
  if (isNumeric(left) && isNumeric(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  if (!Array.isArray(left) || !Array.isArray(right)) throw typeError(`\`${sign}\``);
  const at = left.findIndex((element, n) => n < right.length && !isEqual(element, right[n]!));
  return at === -1 ? left.length - right.length : order(sign, left[at]!, right[at]!);
}

const withNumbers =
  (sign: '-' | '*' | '/' | '%'): Operation =>
  (left, right) => {
    if (!isNumeric(left) || !isNumeric(right)) throw typeError(`\`${sign}\``);
    return calculate(sign, left, right);
  };

function plus(left: Json, right: Json): Json {
  if (typeof left === 'string' && typeof right === 'string') return `${left}${right}`;
  if (Array.isArray(left) && Array.isArray(right)) return left.concat(right);
  if (isNumeric(left) && isNumeric(right)) return calculate('+', left, right);
  throw typeError('`+`');
}

/** An element of a list, a key of an object, or a part of a text. */
export function isIn(needle: Json, haystack: Json): boolean {
  if (Array.isArray(haystack)) return haystack.some((element) => isEqual(element, needle));
  if (typeof needle !== 'string') throw typeError('`in`');
  if (typeof haystack === 'string') return haystack.includes(needle);
  if (!isObject(haystack)) throw typeError('`in`');
  return Object.hasOwn(haystack, needle);
}

/** By level of precedence, the weakest first. `and`, `or` and `not` are weaker than all. */
export const LEVELS: readonly ReadonlyMap<string, Operation>[] = [
  new Map<string, Operation>([
    ['==', isEqual],
    ['!=', (left, right) => !isEqual(left, right)],
    ['<', orderedBy('<', (found) => found < 0)],
    ['<=', orderedBy('<=', (found) => found <= 0)],
    ['>', orderedBy('>', (found) => found > 0)],
    ['>=', orderedBy('>=', (found) => found >= 0)],
    ['in', isIn],
  ]),
  new Map<string, Operation>([
    ['+', plus],
    ['-', withNumbers('-')],
  ]),
  new Map<string, Operation>([
    ['*', withNumbers('*')],
    ['/', withNumbers('/')],
    ['%', withNumbers('%')],
  ]),
];

/** `-x`. */
export function negative(value: Json): Json {
  if (!isNumeric(value)) throw typeError('`-`');
  return calculate('-', 0, value);
}
