import type { JsonObject } from '../../../contract/json';
import { isReferenced, buildKeystore, keystoreReferences, type StoredKey } from '../../core/workflow/keystore';
import type { WorkflowDefinition } from '../../core/workflow/definition';
import type { Transaction } from '../../store/database/connection';
import { listKeystoreEntries } from '../../store/secrets/keys';
import { appendLog } from '../../store/lifecycle/execution-log';
import { UnsealFailed } from '../../store/secrets/vault';
import type { WorkflowRun } from '../../store/executions/workflow-runs';

/**
 * The current values of the keys that a workflow's expressions name, unsealed. A key that cannot
 * be unsealed is left out, with a WARNING in the execution's log.
 */
export async function loadWorkflowKeystore(
  transaction: Transaction,
  run: WorkflowRun,
  definition: WorkflowDefinition,
): Promise<JsonObject> {
  const references = keystoreReferences(definition);
  if (references !== 'all' && references.size === 0) return {};
  const keys: StoredKey[] = [];
  for (const entry of await listKeystoreEntries(transaction, { packRef: run.packRef })) {
    if (!isReferenced(references, entry)) continue;
    try {
      keys.push({ ref: entry.ref, name: entry.name, value: entry.value() });
    } catch (error) {
      if (!(error instanceof UnsealFailed)) throw error;
      const { root, id } = run.execution;
      const payload = { keystore: entry.ref, error: error.message };
      await appendLog(transaction, [{ root, execution: id, type: 'WARNING', payload }]);
    }
  }
  return buildKeystore(keys);
}
