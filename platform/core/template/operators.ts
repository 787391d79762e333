import type { Json } from '../../../contract/json';
import type { BinaryOperator } from './ast';
import type { Budget } from './budget';
import { calculate, compareNumbers, isNumber } from './exact-arithmetic';
import { typeFault } from './fault';
import { findText } from './search';
import { compareText, isEqual, typeName } from './values';

/**
 * The value of `left operator right`. Throws TEMPLATE_TYPE for types that the operator does not
 * accept.
 */
export function applyOperator(operator: BinaryOperator, left: Json, right: Json, budget: Budget): Json {
  switch (operator) {
    case '==':
      return isEqual(left, right, budget);
    case '!=':
      return !isEqual(left, right, budget);
    case '<':
      return compare('<', left, right, budget) < 0;
    case '>':
      return compare('>', left, right, budget) > 0;
    case '<=':
      return compare('<=', left, right, budget) <= 0;
    case '>=':
      return compare('>=', left, right, budget) >= 0;
    case 'in':
      return isIn(left, right, budget);
    case '+':
      return add(left, right, budget);
    default:
      return arithmetic(operator, left, right);
  }
}

/** `needle in haystack`: element of an array, key of an object, part of a string. */
export function isIn(needle: Json, haystack: Json, budget: Budget): boolean {
  if (Array.isArray(haystack)) return haystack.some((element) => isEqual(element, needle, budget));
  const isContainer = typeof haystack === 'string' || (typeof haystack === 'object' && haystack !== null);
  if (!isContainer) throw typeFault(`\`in\` needs an array, object or string on the right, not ${typeName(haystack)}`);
  if (typeof needle !== 'string') {
    throw typeFault(`\`in\` needs a string on the left of ${typeName(haystack)}, not ${typeName(needle)}`);
  }
  return typeof haystack === 'string' ? findText(haystack, needle, budget) !== -1 : Object.hasOwn(haystack, needle);
}

function add(left: Json, right: Json, budget: Budget): Json {
  if (typeof left === 'string' && typeof right === 'string') {
    budget.chargeString(left.length + right.length);
    return left + right;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    budget.chargeArray(left.length + right.length);
    return [...left, ...right];
  }
  if (isNumber(left) && isNumber(right)) return calculate('+', left, right);
  const advice = typeof left === 'string' || typeof right === 'string' ? ': use `string(x)`' : '';
  throw typeFault(
    `\`+\` adds two numbers, two strings or two arrays, not ${typeName(left)} and ${typeName(right)}${advice}`,
  );
}

function arithmetic(operator: '-' | '*' | '/' | '%', left: Json, right: Json): number | bigint {
  if (!isNumber(left) || !isNumber(right)) {
    throw typeFault(`\`${operator}\` needs two numbers, not ${typeName(left)} and ${typeName(right)}`);
  }
  return calculate(operator, left, right);
}

/** `-x`. TEMPLATE_TYPE. */
export function negate(value: Json): number | bigint {
  if (!isNumber(value)) throw typeFault(`\`-\` needs a number, not ${typeName(value)}`);
  return calculate('-', 0, value);
}

/** Negative, 0 or positive: numbers, strings by code point, arrays element by element. */
function compare(operator: string, left: Json, right: Json, budget: Budget): number {
  budget.spend(1);
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') {
    budget.spend(Math.min(left.length, right.length));
    return compareText(left, right);
  }
  if (Array.isArray(left) && Array.isArray(right)) return compareArrays(operator, left, right, budget);
  throw typeFault(
    `\`${operator}\` compares two numbers, two strings or two arrays, not ${typeName(left)} and ${typeName(right)}`,
  );
}

function compareArrays(operator: string, left: Json[], right: Json[], budget: Budget): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    if (isEqual(left[at]!, right[at]!, budget)) continue;
    return compare(operator, left[at]!, right[at]!, budget);
  }
  return left.length - right.length;
}
