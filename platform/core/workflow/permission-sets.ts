import type { Json, JsonObject } from '../../../contract/json';
import type { WorkflowDefinition } from './definition';
import { DefinitionError } from './load/definition-error';
import { loadDefinition } from './load/load-definition';

/**
 * The permission sets that a workflow's tasks name as text. What an expression results in is known
 * only when its task starts.
 */
export const namedPermissionSets = ({ tasks }: WorkflowDefinition): string[] => [
  ...new Set([...tasks.values()].flatMap(({ permissionSetRefs }) => toTexts(permissionSetRefs)).filter(isRef)),
];

/** The same of a stored one; none of one that cannot be loaded: it cannot be executed either. */
export function storedPermissionSets(definition: JsonObject, ref: string): string[] {
  try {
    return namedPermissionSets(loadDefinition(definition, { ref }).definition);
  } catch (error) {
    if (error instanceof DefinitionError) return [];
    throw error;
  }
}

const toTexts = (refs: Json): string[] =>
  (Array.isArray(refs) ? refs : [refs]).filter((ref): ref is string => typeof ref === 'string');

/** No ref contains a brace, and every expression does. */
const isRef = (text: string): boolean => !text.includes('{');
