import type { RuleFile, TriggerFile } from './components';
import { Fields } from './fields';
import { checkedRef, componentRef } from './read-runtimes';
import { titleOf } from './refs';
import type { YamlFile } from './yaml-file';

/** `triggers/*.yaml`; `type` and `tags` are not used. Throws PackFileError. */
export function triggerFile(file: YamlFile): TriggerFile {
  const fields = new Fields(file);
  const ref = componentRef(fields);
  return {
    at: `${file.name}:${file.lineOf('ref')}`,
    ref,
    label: fields.text('label') ?? titleOf(ref),
    description: fields.text('description') ?? null,
    enabled: fields.flag('enabled') ?? true,
    paramSchema: fields.schema('parameters') ?? null,
    outSchema: fields.schema('output') ?? null,
  };
}

/** `rules/*.yaml`; a rule, trigger or action without a dot is the pack's own. Throws PackFileError. */
export function ruleFile(file: YamlFile, pack: string): RuleFile {
  const fields = new Fields(file);
  const whole = (name: string) => (name.includes('.') ? name : `${pack}.${name}`);
  const ref = checkedRef(fields, whole(fields.required('ref')));
  return {
    at: `${file.name}:${file.lineOf('ref')}`,
    ref,
    label: fields.text('label') ?? titleOf(ref),
    description: fields.text('description') ?? null,
    triggerRef: whole(fields.required('trigger_ref')),
    actionRef: whole(fields.required('action_ref')),
    conditions: fields.value('conditions') ?? {},
    actionParams: fields.map('action_params') ?? {},
    triggerParams: fields.map('trigger_params') ?? {},
    permissionSetRefs: setRefs(fields),
    enabled: fields.flag('enabled') ?? true,
  };
}

/** Null where the file says nothing: the action's sets then count. */
function setRefs(fields: Fields): string[] | null {
  if (fields.value('permission_set_refs') !== undefined) return fields.texts('permission_set_refs');
  const one = fields.text('permission_set_ref');
  return one === undefined ? null : [one];
}
