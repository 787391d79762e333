import type { JsonObject } from '../../../../contract/json';
import type { WorkflowDefinition } from '../definition';
import { DefinitionError } from './definition-error';
import { loadDefinition } from './load-definition';

/** A stored definition; null for one that cannot be loaded: it cannot be executed either. */
export function loadStored(definition: JsonObject, ref: string): WorkflowDefinition | null {
  try {
    return loadDefinition(definition, { ref }).definition;
  } catch (error) {
    if (error instanceof DefinitionError) return null;
    throw error;
  }
}
