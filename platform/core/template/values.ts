import type { Json } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { MAX_NESTING_DEPTH, MAX_OUTPUT_LENGTH, tooDeep, tooLarge, type Budget } from './budget';
import { assertFinite, compareNumbers, isNumber } from './exact-arithmetic';

/** Listing the keys of an object costs about eight plain steps per key. */
const STEPS_PER_KEY = 8;

type TypeName = 'null' | 'bool' | 'number' | 'string' | 'array' | 'object';

export function typeName(value: Json): TypeName {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isNumber(value)) return 'number';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'object';
}

/** -1, 0 or 1, by code point. UTF-16 order puts U+1F600 before U+FFFD. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const shorter = Math.min(left.length, right.length);
  let at = 0;
  while (at < shorter && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  if (at === shorter) return Math.sign(left.length - right.length);
  const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)];
  const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
  if (isSurrogate(a) !== isSurrogate(b)) return isSurrogate(a) ? 1 : -1;
  return a < b ? -1 : 1;
}

/**
 * Deep equality without coercion. Throws TEMPLATE_TIMEOUT, TEMPLATE_LIMIT for values nested too
 * deep.
 */
export function isEqual(left: Json, right: Json, budget: Budget, depth = 0): boolean {
  budget.spend(1);
  if (typeof left === 'string') budget.chargeScan(left);
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0;
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return left === right;
  if (depth >= MAX_NESTING_DEPTH) throw tooDeep();
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((element, at) => isEqual(element, right[at]!, budget, depth + 1));
  }
  const count = budget.countKeys(left);
  if (count !== budget.countKeys(right)) return false;
  budget.spend(STEPS_PER_KEY * count);
  return Object.keys(left).every(
    (key) => Object.hasOwn(right, key) && isEqual(left[key]!, right[key]!, budget, depth + 1),
  );
}

/**
 * Characters of the value's compact JSON, escapes aside; verifies that it is JSON. Throws
 * TEMPLATE_LIMIT beyond the limits of length and nesting, TEMPLATE_TYPE for a number that JSON
 * cannot represent.
 */
export function measureJson(value: Json, budget: Budget): number {
  let size = 0;
  const add = (characters: number) => {
    size += characters;
    if (size > MAX_OUTPUT_LENGTH) throw tooLarge();
  };
  const walk = (part: Json, depth: number): void => {
    budget.spend(1);
    if (typeof part === 'string') return add(part.length + 2);
    if (typeof part === 'number') assertFinite(part);
    if (part === null || typeof part !== 'object') return add(4);
    if (depth >= MAX_NESTING_DEPTH) throw tooDeep();
    add(2);
    if (Array.isArray(part)) {
      add(part.length);
      return part.forEach((element) => walk(element, depth + 1));
    }
    add(4 * budget.countKeys(part));
    budget.spend(STEPS_PER_KEY * budget.countKeys(part));
    for (const [key, member] of Object.entries(part)) {
      add(key.length);
      walk(member, depth + 1);
    }
  };
  walk(value, 0);
  return size;
}

/** Compact JSON. Throws TEMPLATE_LIMIT, TEMPLATE_TIMEOUT. */
export function printJson(value: Json, budget: Budget): string {
  if (isNumber(value)) return String(value);
  budget.chargeString(measureJson(value, budget));
  return writeJson(value);
}

/**
 * A value inside other text: null is empty, a string is itself, any other value is compact JSON.
 */
export function interpolate(value: Json, budget: Budget): string {
  return value === null ? '' : printText(value, budget);
}

/** The value of `string(x)`: null is `null`. */
export const printText = (value: Json, budget: Budget): string =>
  typeof value === 'string' ? value : printJson(value, budget);

/** Equal texts for equal values, and only for them. */
export function canonicalJson(value: Json, budget: Budget): string {
  const size = measureJson(value, budget);
  budget.chargeString(size);
  budget.spend(24 + size);
  return sortedJson(value);
}

/** Compact JSON whose keys are sorted. */
function sortedJson(value: Json): string {
  if (value === null || typeof value !== 'object') return writeJson(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${writeJson(key)}:${sortedJson(value[key]!)}`).join(',')}}`;
}

/** Length in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const isPair = unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) at++;
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : isPair ? 4 : 3;
  }
  return bytes;
}

/** The characters of a text; one outside the basic plane is one character. */
export function characters(text: string, budget: Budget): string[] {
  budget.chargeArray(text.length);
  return Array.from(text);
}
