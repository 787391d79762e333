import { isObject, type Json } from '../../../contract/json';
import { decideExpression } from './expression';
import { decideItems } from './items';
import { met, unusable, type Occurrence, type Verdict } from './types';

/**
 * Whether an event meets a rule's criteria, and which part of them decided. Never throws: what cannot be evaluated is
 * not met, and says why. The same criteria and event always give the same answer.
 */
export function decide(conditions: Json, event: Occurrence): Verdict {
  if (isNothing(conditions) || event.payload === undefined) return met(null);
  if (Array.isArray(conditions)) return decideItems(conditions, event.payload);
  if (isObject(conditions) && typeof conditions.expression === 'string') {
    return decideExpression(conditions.expression, event);
  }
  const text = JSON.stringify(conditions);
  return unusable(text, 'criteria are {"expression": "…"} or a list of {field, operator, value}');
}

const isNothing = (conditions: Json): boolean =>
  conditions === null || (typeof conditions === 'object' && Object.keys(conditions).length === 0);
