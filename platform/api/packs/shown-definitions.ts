import type { JsonObject } from '../../../contract/json';
import type { RevisionDetails, Workflow } from '../../../contract/workflows';
import { disclosedSecrets, restoreSecrets } from '../../core/secrets/shown-document';
import type { Transaction } from '../../store/database/connection';
import { secretsOfDefinition } from '../../store/packs/action-schemas';
import { toRevisionDetails, type RevisionRow } from '../../store/packs/revisions';
import { toWorkflow, type WorkflowRow } from '../../store/packs/workflows';
import { rejectShown, withStoredSchemas } from '../http/stored-schemas';

export const shownWorkflow = async (transaction: Transaction, row: WorkflowRow): Promise<Workflow> =>
  toWorkflow(row, await secretsOfDefinition(transaction, row));

export const shownRevision = async (transaction: Transaction, row: RevisionRow): Promise<RevisionDetails> =>
  toRevisionDetails(row, await secretsOfDefinition(transaction, row));

interface DefinitionChange {
  readonly definition?: JsonObject | undefined;
  readonly param_schema?: JsonObject | null | undefined;
  readonly out_schema?: JsonObject | null | undefined;
}

const ALL_KEPT = [{ source: '', target: '' }];

/**
 * A change with the stored secrets in the place of the markers that the caller was shown.
 * VALIDATION_ERROR where it would show one of them, as the action that takes it does not declare
 * it secret.
 */
export async function withStoredSecrets<T extends DefinitionChange>(
  transaction: Transaction,
  change: T,
  row: WorkflowRow,
): Promise<T> {
  const { param_schema, out_schema, definition: stored } = row;
  const restored = withStoredSchemas(change, { param_schema, out_schema });
  const given = change.definition;
  const { document, kept } = given === undefined ? { document: stored, kept: ALL_KEPT } : restoreSecrets(given, stored);
  const output = restored.out_schema === undefined ? out_schema : restored.out_schema;
  const storedTaint = await secretsOfDefinition(transaction, row);
  const newTaint = await secretsOfDefinition(transaction, { definition: document, out_schema: output });
  rejectShown('definition', disclosedSecrets({ stored, storedTaint, kept, newTaint }));
  return given === undefined ? restored : { ...restored, definition: document };
}
