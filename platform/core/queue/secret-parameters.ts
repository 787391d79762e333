import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { templateTaint } from '../rule-parameters/template-taint';
import { isJsonSchema, schemaProperties } from '../schema/flat-schema';
import { propertyTaint, schemaTaint, undeclaredSecretPaths } from '../secrets/schema-taint';
import { mergeTaints, taintFromMembers } from '../secrets/taint';

/** What decides the parameters of a queue's executions. */
export interface QueueParameters {
  readonly action_params: JsonObject;
  readonly batch_mode: 'single' | 'batch';
  /** Of the payload of an item. */
  readonly item_schema: JsonObject;
}

/**
 * Parameters that would get a secret of the pack's configuration, or of an item, and are not
 * declared secret, as paths.
 */
export function undeclaredQueueSecrets(
  queue: QueueParameters,
  configSchema: JsonObject,
  paramSchema: JsonObject | null,
): string[] {
  if (Object.keys(queue.action_params).length === 0)
    return undeclaredCopies(copiedSchema(queue), { properties: schemaProperties(paramSchema ?? {}) }, '');
  const item = mergeTaints(schemaTaint(queue.item_schema), propertyTaint(queue.item_schema));
  const items = item === null ? null : true;
  const sources = taintFromMembers([
    ['config', schemaTaint(configSchema)],
    ['item', item],
    ['queue_item', taintFromMembers([['payload', item]])],
    ['items', items],
    ['queue_items', items],
  ]);
  return undeclaredSecretPaths(paramSchema, templateTaint(queue.action_params, sources));
}

/** Of the parameters where the items are copied into them: an item that is no object is `item`. */
function copiedSchema({ batch_mode, item_schema }: QueueParameters): JsonObject {
  const isOfObject = isJsonSchema(item_schema) || Object.values(item_schema).every(isObject);
  const item: JsonObject = isOfObject ? { properties: schemaProperties(item_schema) } : item_schema;
  if (batch_mode === 'batch') return { properties: { items: { items: item } } };
  return isOfObject ? item : { properties: { item } };
}

/** Paths that are secret in the one schema, and not in the other. */
function undeclaredCopies(source: Json | undefined, target: Json | undefined, path: string): string[] {
  const declared = isObject(target) ? target : {};
  if (!isObject(source) || declared.secret === true) return [];
  if (source.secret === true) return [path];
  const properties = isObject(source.properties) ? Object.entries(source.properties) : [];
  const known = isObject(declared.properties) ? declared.properties : {};
  return [
    ...properties.flatMap(([name, property]) =>
      undeclaredCopies(property, known[name], path === '' ? name : `${path}.${name}`),
    ),
    ...undeclaredCopies(source.items, declared.items, path),
  ];
}
