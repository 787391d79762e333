import type { Json } from '../../../../contract/json';
import { typeFault } from '../fault';
import { occurrences, position } from '../search';
import { byteLength, canonical, characters, compareText, equal } from '../values';
import { takes, takesBetween, type Arguments, type FunctionTable, type Run } from './definition';

/** All numbers or all strings, ascending. */
export function sort(args: Arguments, { budget }: Run): Json[] {
  const array = args.array(0);
  budget.collect(array.length);
  budget.spend(array.length * Math.ceil(Math.log2(array.length + 2)));
  if (array.every((element) => typeof element === 'number')) return [...array].sort((a, b) => a - b);
  if (!array.every((element) => typeof element === 'string')) {
    throw typeFault('sort: argument 1 must be an array of numbers only or of strings only');
  }
  array.forEach((element) => budget.scan(element));
  return [...array].sort(compareText);
}

/** Keeps the first of equals. */
export function unique(args: Arguments, { budget }: Run): Json[] {
  const array = args.array(0);
  budget.collect(array.length);
  const seen = new Set<string>();
  return array.filter((element) => {
    const key = canonical(element, budget);
    return !seen.has(key) && seen.add(key);
  });
}

function flat(args: Arguments, { budget }: Run): Json[] {
  const array = args.array(0);
  budget.spend(array.length);
  budget.collect(array.reduce<number>((total, part) => total + (Array.isArray(part) ? part.length : 1), 0));
  return array.flatMap<Json>((part) => part);
}

function zip(args: Arguments, { budget }: Run): Json[] {
  const [left, right] = [args.array(0), args.array(1)];
  const length = Math.min(left.length, right.length);
  budget.collect(3 * length);
  return left.slice(0, length).map((element, at) => [element, right[at]!]);
}

function chunks(args: Arguments, { budget }: Run): Json[] {
  const [array, size] = [args.array(0), args.integer(1)];
  if (size < 1) args.refuse(1, 'an integer from 1');
  const count = Math.ceil(array.length / size);
  budget.collect(array.length + 2 * count);
  return Array.from({ length: count }, (_, at) => array.slice(at * size, (at + 1) * size));
}

/** `range(end)` or `range(start, end)`: the end is not in it. */
function range(args: Arguments, { budget }: Run): number[] {
  const [start, end] = args.count === 1 ? [0, args.integer(0)] : [args.integer(0), args.integer(1)];
  const length = Math.max(0, end - start);
  budget.collect(length);
  return Array.from({ length }, (_, at) => start + at);
}

/** A negative start gives nothing; a negative end is the end, like one that is too large. */
function slice(args: Arguments, { budget }: Run): Json {
  const value = args.arrayOrText(0);
  const start = args.integer(1);
  const end = args.count === 3 ? args.integer(2) : -1;
  const cut = <T>(whole: T[]): T[] => (start < 0 ? [] : whole.slice(start, end < 0 ? whole.length : end));
  if (typeof value === 'string') return cut(characters(value, budget)).join('');
  const part = cut(value);
  budget.collect(part.length);
  return part;
}

/** Position of the first equal element, or bytes before the first such part of a string; -1 when there is none. */
function indexOf(args: Arguments, { budget }: Run): number {
  const value = args.arrayOrText(0);
  if (typeof value !== 'string') return value.findIndex((element) => equal(element, args.any(1), budget));
  const at = position(value, args.text(1), budget);
  return at === -1 ? -1 : byteLength(value.slice(0, at));
}

function count(args: Arguments, { budget }: Run): number {
  const value = args.arrayOrText(0);
  if (typeof value === 'string') return occurrences(value, args.text(1), budget);
  return value.filter((element) => equal(element, args.any(1), budget)).length;
}

function reversed(args: Arguments, { budget }: Run): Json {
  const value = args.arrayOrText(0);
  if (typeof value === 'string') return characters(value, budget).reverse().join('');
  budget.collect(value.length);
  return [...value].reverse();
}

export const LISTS: FunctionTable = {
  reversed: takes(1, reversed),
  sort: takes(1, sort),
  unique: takes(1, unique),
  flat: takes(1, flat),
  zip: takes(2, zip),
  chunks: takes(2, chunks),
  range: takesBetween(1, 2, range),
  slice: takesBetween(2, 3, slice),
  index_of: takes(2, indexOf),
  count: takes(2, count),
};
