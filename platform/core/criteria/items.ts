import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { Budget } from '../template/budget';
import { TemplateFault } from '../template/fault';
import { findText } from '../template/search';
import { isEqual } from '../template/values';
import { criteriaMatched, criteriaNotMatched, criteriaFailed, type CriteriaResult } from './types';

type Operator = (actual: Json, expected: Json, budget: Budget) => boolean;

const isSame: Operator = (actual, expected, budget) => isEqual(actual, expected, budget);

const OPERATORS: Readonly<Record<string, Operator>> = {
  equals: isSame,
  not_equals: (actual, expected, budget) => !isSame(actual, expected, budget),
  contains: (actual, expected, budget) =>
    typeof actual === 'string' && typeof expected === 'string' && findText(actual, expected, budget) !== -1,
};

export const OPERATOR_NAMES: readonly string[] = Object.keys(OPERATORS);

/**
 * All of `[{field, operator, value}, …]` must match; the first that does not decides. One budget
 * for all of them.
 */
export function evaluateItemCriteria(items: readonly Json[], payload: Json): CriteriaResult {
  const budget = new Budget();
  for (const item of items) {
    const result = evaluateItem(item, payload, budget);
    if (!result.matched) return result;
  }
  return criteriaMatched(items.map(describeItem).join(' and '));
}

function evaluateItem(item: Json, payload: Json, budget: Budget): CriteriaResult {
  const text = describeItem(item);
  if (!isObject(item) || typeof item.field !== 'string' || item.value === undefined) {
    return criteriaFailed(text, 'an item is {field, operator, value}');
  }
  const { operator } = item;
  if (typeof operator !== 'string' || !Object.hasOwn(OPERATORS, operator)) {
    return criteriaFailed(text, `the operator is one of ${OPERATOR_NAMES.join(', ')}`);
  }
  const actual = valueAtPath(payload, item.field);
  if (actual === undefined) return criteriaNotMatched(text, `the payload has no ${item.field}`);
  try {
    return OPERATORS[operator]!(actual, item.value, budget) ? criteriaMatched(text) : criteriaNotMatched(text);
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return criteriaFailed(text, error.describe(), 'CRITERIA_TIMEOUT');
  }
}

/** The value at a dotted path of own keys; a list has no keys. */
export function valueAtPath(payload: Json, field: string): Json | undefined {
  let actual: Json | undefined = payload;
  for (const key of field.split('.')) {
    actual = isObject(actual) && Object.hasOwn(actual, key) ? actual[key] : undefined;
  }
  return actual;
}

const describeItem = (item: Json): string =>
  isItem(item) ? `${item.field} ${item.operator} ${writeJson(item.value)}` : writeJson(item);

const isItem = (item: Json): item is JsonObject & { field: string; operator: string; value: Json } =>
  isObject(item) && typeof item.field === 'string' && typeof item.operator === 'string' && item.value !== undefined;
