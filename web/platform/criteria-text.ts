import { writeJson } from '../../contract/json-text/write-json';
import type { Json } from '../../contract/json';
import { isMap } from './parts/schema-fields';

/**
 * The parts of a rule's criteria, all of which must match: `env equals "prod"`, or
 * one expression. None: each event matches.
 */
export function criteriaText(conditions: Json): readonly string[] {
  if (Array.isArray(conditions)) return conditions.map(partText);
  if (!isMap(conditions) || Object.keys(conditions).length === 0) return [];
  return [typeof conditions.expression === 'string' ? conditions.expression : writeJson(conditions)];
}

function partText(part: Json): string {
  if (!isMap(part) || typeof part.field !== 'string' || typeof part.operator !== 'string') return writeJson(part);
  return `${part.field} ${part.operator.replaceAll('_', ' ')} ${writeJson(part.value)}`;
}
