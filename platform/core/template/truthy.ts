import type { Json } from '../../../contract/json';

/** Null, false, 0, "", [] and {} are false. */
export function truthy(value: Json): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value);
  return (Array.isArray(value) ? value : Object.keys(value)).length > 0;
}
