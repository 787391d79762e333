import type { Json } from '../../../../../contract/json';
import { callable, withOptional, type Callable } from './callable';
import { OperationError, typeError } from './expression-error';
import { integerResult, isNumeric } from './numbers';
import { byteCount, charactersOf, compareTexts, isEqual } from './values';

/** The value of one expression has at most so many elements and characters. */
const MOST = 1_048_576;

function sorted(list: readonly Json[]): Json[] {
  if (list.every(isNumeric)) return list.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const isText = (element: Json): element is string => typeof element === 'string';
  if (!list.every(isText)) throw typeError('sort: argument 1');
  return list.toSorted(compareTexts);
}

const uniqueOf = (list: readonly Json[]): Json[] =>
  list.filter((element, at) => list.findIndex((other) => isEqual(other, element)) === at);

function chunksOf(list: readonly Json[], size: number | bigint): Json {
  if (size < 1) throw typeError('chunks: argument 2');
  const chunks: Json[][] = [];
  for (let at = 0; at < list.length; at += Number(size)) chunks.push(list.slice(at, at + Number(size)));
  return chunks;
}

function rangeOf(first: number | bigint, end: number | bigint): Json[] {
  const [from, to] = [BigInt(first), BigInt(end)];
  const length = to > from ? to - from : 0n;
  if (length > MOST) throw new OperationError('TEMPLATE_LIMIT', 'larger than');
  return Array.from({ length: Number(length) }, (_, n) => integerResult(from + BigInt(n)));
}

/** The elements of a list or the characters of a text from `start` on, without `end`. */
function partOf(value: Json[] | string, start: number | bigint, end: number | bigint = -1): Json {
  const isInside = (_: Json, at: number) => start >= 0 && at >= start && (end < 0 || at < end);
  return typeof value === 'string' ? charactersOf(value).filter(isInside).join('') : value.filter(isInside);
}

function positionOf(value: Json[] | string, part: Json): number {
  if (typeof value !== 'string') return value.findIndex((element) => isEqual(element, part));
  const [before, ...rest] = value.split(textOf('index_of', part));
  return part === '' ? 0 : rest.length === 0 ? -1 : byteCount(before!);
}

function countOf(value: Json[] | string, part: Json): number {
  if (typeof value !== 'string') return value.filter((element) => isEqual(element, part)).length;
  const text = textOf('count', part);
  return text === '' ? charactersOf(value).length + 1 : value.split(text).length - 1;
}

function textOf(name: string, value: Json): string {
  if (typeof value !== 'string') throw typeError(`${name}: argument 2`);
  return value;
}

export const LIST_FUNCTIONS: Readonly<Record<string, Callable>> = {
  reversed: callable(['sequence'], (value) =>
    typeof value === 'string' ? charactersOf(value).toReversed().join('') : value.toReversed(),
  ),
  sort: callable(['list'], sorted),
  unique: callable(['list'], uniqueOf),
  flat: callable(['list'], (list) => list.flatMap((element) => element)),
  zip: callable(['list', 'list'], (left, right) =>
    left.slice(0, right.length).map((element, at) => [element, right[at]!]),
  ),
  chunks: callable(['list', 'integer'], chunksOf),
  range: withOptional(['integer', 'integer'], (first = 0, end) =>
    end === undefined ? rangeOf(0, first) : rangeOf(first, end),
  ),
  slice: withOptional(['sequence', 'integer', 'integer'], (value = [], start = 0, end) => partOf(value, start, end)),
  index_of: callable(['sequence', 'any'], positionOf),
  count: callable(['sequence', 'any'], countOf),
};
