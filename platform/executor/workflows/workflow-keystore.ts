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
  { packRef, execution: { root, id } }: WorkflowRun,
  definition: WorkflowDefinition,
): Promise<JsonObject> {
  const { keystore, failures } = await readKeystore(transaction, packRef, definition);
  const entries = failures.map(({ ref, message }) => ({
    root,
    execution: id,
    type: 'WARNING' as const,
    payload: { keystore: ref, error: message },
  }));
  await appendLog(transaction, entries);
  return keystore;
}

interface ReadKeystore {
  readonly keystore: JsonObject;
  /** Keys that cannot be unsealed. */
  readonly failures: readonly { readonly ref: string; readonly message: string }[];
}

/** The same keys of a definition of a pack, without a log. */
export async function readKeystore(
  transaction: Transaction,
  packRef: string | null,
  definition: WorkflowDefinition,
): Promise<ReadKeystore> {
  const references = keystoreReferences(definition);
  if (references !== 'all' && references.size === 0) return { keystore: {}, failures: [] };
  const keys: StoredKey[] = [];
  const failures: { ref: string; message: string }[] = [];
  for (const entry of await listKeystoreEntries(transaction, { packRef })) {
    if (!isReferenced(references, entry)) continue;
    try {
      keys.push({ ref: entry.ref, name: entry.name, value: entry.value() });
    } catch (error) {
      if (!(error instanceof UnsealFailed)) throw error;
      failures.push({ ref: entry.ref, message: error.message });
    }
  }
  return { keystore: buildKeystore(keys), failures };
}
