import type { JsonObject } from '../../../contract/json';
import { templateTaint } from '../rule-parameters/template-taint';
import { propertyTaint, schemaTaint, undeclaredSecretPaths } from '../secrets/schema-taint';
import { mergeTaints, taintFromMembers, type Taint } from '../secrets/taint';

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
export const undeclaredQueueSecrets = (
  queue: QueueParameters,
  configSchema: JsonObject,
  paramSchema: JsonObject | null,
): string[] => undeclaredSecretPaths(paramSchema, parametersTaint(queue, configSchema));

function parametersTaint({ action_params, batch_mode, item_schema }: QueueParameters, configSchema: JsonObject): Taint {
  const item = mergeTaints(schemaTaint(item_schema), propertyTaint(item_schema));
  const items = item === null ? null : true;
  if (Object.keys(action_params).length === 0)
    return batch_mode === 'batch' ? taintFromMembers([['items', items]]) : ofOnlyParameter(item);
  const sources = taintFromMembers([
    ['config', schemaTaint(configSchema)],
    ['item', item],
    ['queue_item', taintFromMembers([['payload', item]])],
    ['items', items],
    ['queue_items', items],
  ]);
  return templateTaint(action_params, sources);
}

/** An item is the parameters; one that is no object is their member `item`. */
const ofOnlyParameter = (item: Taint): Taint => (item === true ? taintFromMembers([['item', true]]) : item);
