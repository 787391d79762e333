import type { JsonObject } from '../../../contract/json';
import { WebhookDefaults } from '../../../contract/webhook-security';
import { describeErrors } from '../../core/schema/validator';
import { defaultsFaults } from '../../core/webhook/check-settings';
import { checkShape } from '../../core/webhook/check-shape';
import type { RuleFile, TriggerFile } from './components';
import { YamlFields } from './yaml-fields';
import { requireComponentRef, readComponentRef, readCommonFields } from './runtimes';
import { qualifyRef } from './refs';
import type { YamlFile } from './yaml-file';

/** `triggers/*.yaml`; `type` and `tags` are not used. Throws PackFileError. */
export function readTriggerFile(file: YamlFile): TriggerFile {
  const fields = new YamlFields(file);
  const ref = readComponentRef(fields);
  return {
    ...readCommonFields(file, fields, ref),
    enabled: fields.flag('enabled') ?? true,
    paramSchema: fields.schema('parameters') ?? null,
    outSchema: fields.schema('output') ?? null,
    webhook: readWebhookDefaults(fields),
  };
}

/**
 * `rules/*.yaml`; a rule, trigger or action without a dot belongs to the pack. Throws
 * PackFileError.
 */
export function readRuleFile(file: YamlFile, pack: string): RuleFile {
  const fields = new YamlFields(file);
  const ref = requireComponentRef(fields, qualifyRef(fields.required('ref'), pack));
  return {
    ...readCommonFields(file, fields, ref),
    triggerRef: qualifyRef(fields.required('trigger_ref'), pack),
    actionRef: qualifyRef(fields.required('action_ref'), pack),
    conditions: fields.value('conditions') ?? {},
    actionParams: fields.map('action_params') ?? {},
    triggerParams: fields.map('trigger_params') ?? {},
    permissionSetRefs: readPermissionSetRefs(fields),
    enabled: fields.flag('enabled') ?? true,
  };
}

/** Null where the file has none: the action's sets apply. */
function readPermissionSetRefs(fields: YamlFields): string[] | null {
  if (fields.value('permission_set_refs') !== undefined) return fields.strings('permission_set_refs');
  const single = fields.text('permission_set_ref');
  return single === undefined ? null : [single];
}

/** `webhook` of a trigger: body, headers and signature, never its secret. Throws PackFileError. */
function readWebhookDefaults(fields: YamlFields): JsonObject | null {
  const webhook = fields.map('webhook');
  if (webhook === undefined) return null;
  const shape = checkShape(WebhookDefaults, webhook);
  const faults = 'faults' in shape ? shape.faults : defaultsFaults(shape.value);
  if (faults.length === 0) return webhook;
  const located = faults.map(({ path, message }) => ({ path: `webhook${path && '/'}${path}`, message }));
  throw fields.error('webhook', describeErrors(located));
}
