import type { JsonObject } from '../../../contract/json';
import { isReferenced, buildKeystore, keystoreReferences } from '../../core/workflow/keystore';
import type { WorkflowDefinition } from '../../core/workflow/definition';
import type { Transaction } from '../../store/database/connection';
import { listKeystoreEntries } from '../../store/secrets/keys';

/**
 * The current values of the keys that expressions of a pack's workflow name, unsealed. Throws
 * UnsealFailed: without the key, an expression would take its default.
 */
export async function loadWorkflowKeystore(
  transaction: Transaction,
  packRef: string | null,
  definition: WorkflowDefinition,
): Promise<JsonObject> {
  const references = keystoreReferences(definition);
  if (references !== 'all' && references.size === 0) return {};
  const entries = await listKeystoreEntries(transaction, { packRef });
  const named = entries.filter((entry) => isReferenced(references, entry));
  return buildKeystore(named.map((entry) => ({ ref: entry.ref, name: entry.name, value: entry.value() })));
}
