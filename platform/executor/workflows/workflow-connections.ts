import { definitionReferences } from '../../core/workflow/connection-references';
import type { WorkflowDefinition } from '../../core/workflow/definition';
import { servesExtensions, type Transaction } from '../../store/database/connection';
import type { WorkflowRun } from '../../store/executions/workflow-runs';
import { findDefinitionKeys } from '../../store/secrets/connected-keys';

/** Ids of the keys that references in a workflow's definition may read; null: they are data. */
export const loadWorkflowConnections = async (
  transaction: Transaction,
  { packRef, paramSchema }: WorkflowRun,
  definition: WorkflowDefinition,
): Promise<ReadonlyMap<string, number> | null> =>
  servesExtensions(transaction)
    ? findDefinitionKeys(transaction, packRef, definitionReferences(definition, paramSchema))
    : null;
