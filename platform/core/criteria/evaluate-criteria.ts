import { isObject, type Json } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { evaluateExpressionCriteria } from './expression';
import { evaluateItemCriteria } from './items';
import { criteriaMatched, criteriaFailed, type CriteriaEvent, type CriteriaResult } from './types';

/**
 * Evaluates a rule's criteria against an event. Never throws: criteria that cannot be evaluated do
 * not match, and the result has a code. The same criteria and event always give the same result.
 */
export function evaluateCriteria(conditions: Json, event: CriteriaEvent): CriteriaResult {
  if (isEmpty(conditions) || event.payload === undefined) return criteriaMatched(null);
  if (Array.isArray(conditions)) return evaluateItemCriteria(conditions, event.payload);
  if (isObject(conditions) && typeof conditions.expression === 'string') {
    return evaluateExpressionCriteria(conditions.expression, event);
  }
  const text = writeJson(conditions);
  return criteriaFailed(text, 'criteria are {"expression": "…"} or a list of {field, operator, value}');
}

const isEmpty = (conditions: Json): boolean =>
  conditions === null || (typeof conditions === 'object' && Object.keys(conditions).length === 0);
