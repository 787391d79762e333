import type { Json } from '../../../../contract/json';
import { calculate, compareNumbers, isNumber } from '../exact-arithmetic';
import { typeFault } from '../fault';
import { countOccurrences, findText } from '../search';
import { byteLength, canonicalJson, characters, compareText, isEqual } from '../values';
import {
  withArity,
  withArityBetween,
  type Arguments,
  type FunctionTable,
  type FunctionContext,
} from './function-definition';

/** All numbers or all strings, ascending. */
function sort(args: Arguments, { budget }: FunctionContext): Json[] {
  const array = args.array(0);
  budget.chargeArray(array.length);
  budget.spend(array.length * Math.ceil(Math.log2(array.length + 2)));
  if (array.every(isNumber)) return [...array].sort(compareNumbers);
  if (!array.every((element) => typeof element === 'string')) {
    throw typeFault('sort: argument 1 must be an array of numbers only or of strings only');
  }
  array.forEach((element) => budget.chargeScan(element));
  return [...array].sort(compareText);
}

/** Keeps the first of equal elements. */
function unique(args: Arguments, { budget }: FunctionContext): Json[] {
  const array = args.array(0);
  budget.chargeArray(array.length);
  const seen = new Set<string>();
  return array.filter((element) => {
    const key = canonicalJson(element, budget);
    return !seen.has(key) && seen.add(key);
  });
}

function flat(args: Arguments, { budget }: FunctionContext): Json[] {
  const array = args.array(0);
  budget.spend(array.length);
  budget.chargeArray(array.reduce<number>((total, part) => total + (Array.isArray(part) ? part.length : 1), 0));
  return array.flatMap<Json>((part) => part);
}

function zip(args: Arguments, { budget }: FunctionContext): Json[] {
  const [left, right] = [args.array(0), args.array(1)];
  const length = Math.min(left.length, right.length);
  budget.chargeArray(3 * length);
  return left.slice(0, length).map((element, at) => [element, right[at]!]);
}

function chunks(args: Arguments, { budget }: FunctionContext): Json[] {
  const [array, size] = [args.array(0), args.position(1)];
  if (size < 1) args.rejectArgument(1, 'an integer from 1');
  const count = Math.ceil(array.length / size);
  budget.chargeArray(array.length + 2 * count);
  return Array.from({ length: count }, (_, at) => array.slice(at * size, (at + 1) * size));
}

/** `range(end)` or `range(start, end)`, without the end. */
function range(args: Arguments, { budget }: FunctionContext): Json[] {
  const [start, end] = args.count === 1 ? [0, args.integer(0)] : [args.integer(0), args.integer(1)];
  const length = Math.max(0, Number(BigInt(end) - BigInt(start)));
  budget.chargeArray(length);
  return Array.from({ length }, (_, at) => calculate('+', start, at));
}

/** A negative start gives an empty result; a negative or too large end is the end of the value. */
function slice(args: Arguments, { budget }: FunctionContext): Json {
  const value = args.arrayOrText(0);
  const start = args.position(1);
  const end = args.count === 3 ? args.position(2) : -1;
  const cut = <T>(whole: T[]): T[] => (start < 0 ? [] : whole.slice(start, end < 0 ? whole.length : end));
  if (typeof value === 'string') return cut(characters(value, budget)).join('');
  const part = cut(value);
  budget.chargeArray(part.length);
  return part;
}

/**
 * Position of the first equal element, or bytes before the first such part of a string; -1 for
 * none.
 */
function indexOf(args: Arguments, { budget }: FunctionContext): number {
  const value = args.arrayOrText(0);
  if (typeof value !== 'string') return value.findIndex((element) => isEqual(element, args.any(1), budget));
  const at = findText(value, args.text(1), budget);
  return at === -1 ? -1 : byteLength(value.slice(0, at));
}

function count(args: Arguments, { budget }: FunctionContext): number {
  const value = args.arrayOrText(0);
  if (typeof value === 'string') return countOccurrences(value, args.text(1), budget);
  return value.filter((element) => isEqual(element, args.any(1), budget)).length;
}

function reversed(args: Arguments, { budget }: FunctionContext): Json {
  const value = args.arrayOrText(0);
  if (typeof value === 'string') return characters(value, budget).reverse().join('');
  budget.chargeArray(value.length);
  return [...value].reverse();
}

export const LIST_FUNCTIONS: FunctionTable = {
  reversed: withArity(1, reversed),
  sort: withArity(1, sort),
  unique: withArity(1, unique),
  flat: withArity(1, flat),
  zip: withArity(2, zip),
  chunks: withArity(2, chunks),
  range: withArityBetween(1, 2, range),
  slice: withArityBetween(2, 3, slice),
  index_of: withArity(2, indexOf),
  count: withArity(2, count),
};
