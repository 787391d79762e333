import type { Json } from '../../../contract/json';
import { Budget } from './budget';

/** Null, false, 0, "", [] and {} are false. */
export const isTruthy = (value: Json): boolean => isTruthyWithin(value, new Budget());

/** As `isTruthy`, within a budget: counting the keys of a large object is work. */
export function isTruthyWithin(value: Json, budget: Budget): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value);
  return (Array.isArray(value) ? value.length : budget.countKeys(value)) > 0;
}
