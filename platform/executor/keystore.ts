import type { JsonObject } from '../../contract/json';
import { isReferred, keystoreOfKeys, keystoreReferences, type StoredKey } from '../core/workflow/keystore';
import type { Definition } from '../core/workflow/types';
import type { Transaction } from '../store/database';
import { keystoreOf } from '../store/keys';
import { append } from '../store/log';
import { SealBroken } from '../store/vault';
import type { Run } from '../store/workflow-runs';

/**
 * The keys that a workflow's expressions name, in clear, as they are now. One that does not open is absent, and the
 * execution's log says so.
 */
export async function keystoreFor(transaction: Transaction, run: Run, definition: Definition): Promise<JsonObject> {
  const references = keystoreReferences(definition);
  if (references !== 'all' && references.size === 0) return {};
  const keys: StoredKey[] = [];
  for (const entry of await keystoreOf(transaction, { packRef: run.packRef })) {
    if (!isReferred(references, entry)) continue;
    try {
      keys.push({ ref: entry.ref, name: entry.name, value: entry.value() });
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      const { root, id } = run.execution;
      const payload = { keystore: entry.ref, error: error.message };
      await append(transaction, [{ root, execution: id, type: 'WARNING', payload }]);
    }
  }
  return keystoreOfKeys(keys);
}
