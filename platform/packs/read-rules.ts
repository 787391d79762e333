import type { RuleFile, TriggerFile } from './components';
import { Fields } from './fields';
import { checkedRef, componentRef, headOf } from './read-runtimes';
import { qualified } from './refs';
import type { YamlFile } from './yaml-file';

/** `triggers/*.yaml`; `type` and `tags` are not used. Throws PackFileError. */
export function triggerFile(file: YamlFile): TriggerFile {
  const fields = new Fields(file);
  const ref = componentRef(fields);
  return {
    ...headOf(file, fields, ref),
    enabled: fields.flag('enabled') ?? true,
    paramSchema: fields.schema('parameters') ?? null,
    outSchema: fields.schema('output') ?? null,
  };
}

/** `rules/*.yaml`; a rule, trigger or action without a dot is the pack's own. Throws PackFileError. */
export function ruleFile(file: YamlFile, pack: string): RuleFile {
  const fields = new Fields(file);
  const ref = checkedRef(fields, qualified(fields.required('ref'), pack));
  return {
    ...headOf(file, fields, ref),
    triggerRef: qualified(fields.required('trigger_ref'), pack),
    actionRef: qualified(fields.required('action_ref'), pack),
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
