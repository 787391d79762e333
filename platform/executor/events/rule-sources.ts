import type { Json, JsonObject } from '../../../contract/json';
import { referencedMembers } from '../../core/rule-parameters/placeholders';
import type { PlaceholderSources } from '../../core/rule-parameters/resolve-parameters';
import { taintFromMembers, type Taint } from '../../core/secrets/taint';
import { isReferenced, buildKeystore, keystoreTaint } from '../../core/workflow/keystore';
import { connectionsOf, findReferences, type Connections } from '../../core/secrets/connections';
import { schemaTaint } from '../../core/secrets/schema-taint';
import { servesExtensions, type Transaction } from '../../store/database/connection';
import { findDefinitionKeys } from '../../store/secrets/connected-keys';
import { listKeystoreEntries, type KeystoreEntry } from '../../store/secrets/keys';

/** The keys of the system and of the rule's pack that the rule's parameters name. */
export async function loadReferencedKeys(
  transaction: Transaction,
  packRef: string,
  parameters: Json,
): Promise<readonly KeystoreEntry[]> {
  const referenced = referencedMembers('keystore', parameters);
  if (referenced !== 'all' && referenced.size === 0) return [];
  return (await listKeystoreEntries(transaction, { packRef })).filter((key) => isReferenced(referenced, key));
}

/**
 * The references to keys that a rule's parameters contain as they were saved: one that the event
 * brings is data. They read the keys that the placeholders of the rule read.
 */
export async function ruleConnections(
  transaction: Transaction,
  { pack_ref, action_params }: { readonly pack_ref: string; readonly action_params: Json },
): Promise<Connections> {
  const references = servesExtensions(transaction) ? findReferences(action_params) : {};
  return connectionsOf(references, await findDefinitionKeys(transaction, pack_ref, Object.values(references)));
}

interface SecretSources {
  readonly keys: readonly KeystoreEntry[];
  readonly packConfigSchema: JsonObject | null;
  /** Absent: of no event. */
  readonly payload?: JsonObject;
  readonly payloadSchema: JsonObject | null;
}

/**
 * The taint of a rule's sources: encrypted keys, and what the schemas of the pack and of the
 * trigger declare secret. Attune knows no secrets of events.
 */
export function secretSourceTaint(
  transaction: Transaction,
  { keys, packConfigSchema, payload, payloadSchema }: SecretSources,
): Taint {
  const eventSchema = servesExtensions(transaction) ? payloadSchema : null;
  const ofPayload = taintFromMembers([['payload', schemaTaint(eventSchema, payload)]]);
  return taintFromMembers([
    ['keystore', keystoreTaint(keys)],
    ['pack', taintFromMembers([['config', schemaTaint(packConfigSchema)]])],
    ...['event', 'trigger'].map((name) => [name, ofPayload] as const),
  ]);
}

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
