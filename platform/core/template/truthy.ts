import type { Json } from '../../../contract/json';
import { Budget } from './budget';

/** Null, false, 0, "", [] and {} are false. */
export const truthy = (value: Json): boolean => isTrue(value, new Budget());

/** As `truthy`, out of a budget: counting the keys of a large object is work. */
export function isTrue(value: Json, budget: Budget): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value);
  return (Array.isArray(value) ? value.length : budget.countKeys(value)) > 0;
}
