import type { Json } from '../../../contract/json';
import type { WorkflowDefinition } from './definition';

/**
 * The permission sets that a workflow's tasks name as text. What an expression results in is known
 * only when its task starts.
 */
export const namedPermissionSets = ({ tasks }: WorkflowDefinition): string[] => [
  ...new Set([...tasks.values()].flatMap(({ permissionSetRefs }) => toTexts(permissionSetRefs)).filter(isRef)),
];

const toTexts = (refs: Json): string[] =>
  (Array.isArray(refs) ? refs : [refs]).filter((ref): ref is string => typeof ref === 'string');

/** No ref contains a brace, and every expression does. */
const isRef = (text: string): boolean => !text.includes('{');
