import { parseQueueConfig, QueueConfigError } from '../../core/queue/queue-config';
import type { QueueFile } from './components';
import { readCommonFields, readComponentRef } from './runtimes';
import { YamlFields } from './yaml-fields';
import type { YamlFile } from './yaml-file';

const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...['ref', 'label', 'description', 'enabled', 'accepting_new_items', 'dispatch_action', 'default_priority'],
  ...['allow_pending_update', 'update_strategy', 'batch_mode', 'item_schema', 'action_params', 'permission_set_refs'],
  'config',
]);
const MAX_PRIORITY = 2_147_483_647;

/** `queues/*.yaml`. Throws PackFileError, also for an unknown key. */
export function readQueueFile(file: YamlFile): QueueFile {
  const fields = new YamlFields(file);
  const unknown = Object.keys(file.value).find((key) => !KNOWN_KEYS.has(key));
  if (unknown !== undefined) throw fields.error(unknown, `${unknown} is unknown`);
  const ref = readComponentRef(fields);
  const batchMode = fields.word('batch_mode', ['single', 'batch']) ?? 'single';
  const sets = fields.value('permission_set_refs') === undefined ? null : fields.strings('permission_set_refs');
  return {
    ...readCommonFields(file, fields, ref),
    enabled: fields.flag('enabled') ?? true,
    acceptsItems: fields.flag('accepting_new_items') ?? true,
    actionRef: fields.required('dispatch_action'),
    defaultPriority: readPriority(fields),
    allowsPendingUpdate: fields.flag('allow_pending_update') ?? false,
    updateStrategy: fields.word('update_strategy', ['immutable', 'replace', 'merge_patch']) ?? 'replace',
    batchMode,
    itemSchema: fields.schema('item_schema', { ofValue: true }) ?? {},
    actionParams: fields.map('action_params') ?? {},
    permissionSetRefs: sets,
    config: readConfig(fields, batchMode),
  };
}

function readPriority(fields: YamlFields): number {
  const priority = fields.number('default_priority', -MAX_PRIORITY, MAX_PRIORITY) ?? 0;
  if (!Number.isInteger(priority)) throw fields.error('default_priority', 'default_priority must be a whole number');
  return priority;
}

function readConfig(fields: YamlFields, batchMode: QueueFile['batchMode']): QueueFile['config'] {
  const config = fields.map('config') ?? {};
  try {
    parseQueueConfig(config, batchMode);
    return config;
  } catch (error) {
    throw error instanceof QueueConfigError ? fields.error('config', error.message) : error;
  }
}
