import type { Json, JsonObject } from '../../contract/json';
import { membersNamed, type Sources } from '../core/rule-parameters/resolve';
import { taintOf, type Taint } from '../core/template/taint';
import { isReferred, keystoreOfKeys, secretsOfKeys } from '../core/workflow/keystore';
import { taintOfSchema } from '../core/workflow/secrets';
import type { Transaction } from '../store/database';
import { keystoreOf, type KeystoreEntry } from '../store/keys';

/** The keys that a rule's parameters name, of the system and of the rule's pack. */
export async function keysNamedBy(
  transaction: Transaction,
  packRef: string,
  parameters: Json,
): Promise<readonly KeystoreEntry[]> {
  const named = membersNamed('keystore', parameters);
  if (named.size === 0) return [];
  return (await keystoreOf(transaction, { packRef })).filter((key) => isReferred(named, key));
}

/** What of a rule's sources is secret: keys that are stored encrypted, and what the pack's schema says of its configuration. */
export const secretSources = (keys: readonly KeystoreEntry[], packConfigSchema: JsonObject | null): Taint =>
  taintOf([
    ['keystore', secretsOfKeys(keys)],
    ['pack', taintOf([['config', taintOfSchema(packConfigSchema)]])],
  ]);

/** The sources with the keys among them, in clear. Throws SealBroken. */
export const withKeys = (values: JsonObject, keys: readonly KeystoreEntry[], secrets: Taint): Sources => ({
  values: {
    ...values,
    ...(keys.length > 0 && {
      keystore: keystoreOfKeys(keys.map((key) => ({ ref: key.ref, name: key.name, value: key.value() }))),
    }),
  },
  secrets,
});
