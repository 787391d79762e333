import type { JsonObject } from '../../../contract/json';
import { rejectPointers } from '../../base/domain-error';
import { disclosedParameters } from '../../core/rule-parameters/shown-parameters';
import { schemaValuesTaint } from '../../core/secrets/schema-values';
import { disclosedSecrets, restoreSecrets } from '../../core/secrets/shown-document';

type SchemaField = 'param_schema' | 'out_schema' | 'conf_schema' | 'item_schema' | 'env_schema';
type Schemas = { readonly [field in SchemaField]?: JsonObject | null | undefined };

const MESSAGE = 'is a stored secret, and would not be one any more: give it again';

/** VALIDATION_ERROR where stored secrets would be shown after the change. */
export const rejectShown = (field: string, pointers: readonly string[]): void =>
  rejectPointers(field, pointers, MESSAGE);

/**
 * A schema as the caller gives it, with the stored defaults in the place of the markers that it
 * was shown. VALIDATION_ERROR where it would show one of them.
 */
function withStoredDefaults<T extends JsonObject | null | undefined>(
  field: SchemaField,
  given: T,
  stored: JsonObject | null | undefined,
): T | JsonObject {
  if (!given || !stored) return given;
  const { document, kept } = restoreSecrets(given, stored);
  const newTaint = schemaValuesTaint(document);
  rejectShown(field, disclosedSecrets({ stored, storedTaint: schemaValuesTaint(stored), kept, newTaint }));
  return document;
}

/** The same for each schema of a change. */
export function withStoredSchemas<T extends Schemas>(change: T, stored: Schemas): T {
  const fields = Object.keys(stored) as SchemaField[];
  const restored = fields.map((field) => [field, withStoredDefaults(field, change[field], stored[field])] as const);
  return { ...change, ...Object.fromEntries(restored.filter(([, schema]) => schema !== undefined)) };
}

type SchemaPatch = { readonly op: 'set'; readonly value: JsonObject } | { readonly op: 'clear' } | undefined;

/** The same for changes of the form `{op: set | clear}`. */
export function withStoredPatches<T extends { readonly [field in SchemaField]?: SchemaPatch }>(
  change: T,
  stored: Schemas,
): T {
  const patches = (Object.keys(stored) as SchemaField[]).flatMap((field) => {
    const patch = change[field];
    if (patch?.op !== 'set') return [];
    return [[field, { op: 'set', value: withStoredDefaults(field, patch.value, stored[field]) }] as const];
  });
  return { ...change, ...Object.fromEntries(patches) };
}

interface PackConfig {
  readonly conf_schema: JsonObject;
  readonly config: JsonObject;
}

/** The same for the configuration of a pack and its schema. */
export function withStoredConfig<T extends Partial<Record<keyof PackConfig, JsonObject | undefined>>>(
  change: T,
  stored: PackConfig,
): T {
  const restored = withStoredSchemas(change, { conf_schema: stored.conf_schema });
  const newSchema = restored.conf_schema ?? stored.conf_schema;
  const { config: given } = change;
  rejectShown('config', disclosedParameters({ stored: stored.config, schema: stored.conf_schema, given, newSchema }));
  return given === undefined ? restored : { ...restored, config: restoreSecrets(given, stored.config).document };
}
