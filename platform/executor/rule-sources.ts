import type { Json, JsonObject } from '../../contract/json';
import { referencedMembers, type PlaceholderSources } from '../core/rule-parameters/resolve-parameters';
import { taintFromMembers, type Taint } from '../core/secrets/taint';
import { isReferenced, buildKeystore, keystoreTaint } from '../core/workflow/keystore';
import { schemaTaint } from '../core/secrets/schema-taint';
import type { Transaction } from '../store/database/connection';
import { listKeystoreEntries, type KeystoreEntry } from '../store/secrets/keys';

/** The keys of the system and of the rule's pack that the rule's parameters name. */
export async function loadReferencedKeys(
  transaction: Transaction,
  packRef: string,
  parameters: Json,
): Promise<readonly KeystoreEntry[]> {
  const referenced = referencedMembers('keystore', parameters);
  if (referenced.size === 0) return [];
  return (await listKeystoreEntries(transaction, { packRef })).filter((key) => isReferenced(referenced, key));
}

/** The taint of a rule's sources: encrypted keys, and what the pack's schema declares secret. */
export const secretSourceTaint = (keys: readonly KeystoreEntry[], packConfigSchema: JsonObject | null): Taint =>
  taintFromMembers([
    ['keystore', keystoreTaint(keys)],
    ['pack', taintFromMembers([['config', schemaTaint(packConfigSchema)]])],
  ]);

/** The sources with the keys among them, unsealed. Throws UnsealFailed. */
export const sourcesWithKeys = (
  values: JsonObject,
  keys: readonly KeystoreEntry[],
  secrets: Taint,
): PlaceholderSources => ({
  values: {
    ...values,
    ...(keys.length > 0 && {
      keystore: buildKeystore(keys.map((key) => ({ ref: key.ref, name: key.name, value: key.value() }))),
    }),
  },
  secrets,
});
