import type { PermissionSetFile, RuntimeFile } from './components';
import { Fields } from './fields';
import { isComponentRef, titleOf } from './refs';
import type { YamlFile } from './yaml-file';

/** `runtimes/*.yaml`. Throws PackFileError. */
export function runtimeFile(file: YamlFile): RuntimeFile {
  const fields = new Fields(file);
  const ref = componentRef(fields);
  return {
    ref,
    name: fields.text('name') ?? ref.split('.')[1]!,
    description: fields.text('description') ?? null,
    aliases: fields.texts('aliases'),
    distributions: fields.value('distributions') ?? {},
    installation: fields.value('installation') ?? null,
    executionConfig: fields.map('execution_config') ?? {},
  };
}

/** `permission_sets/*.yaml`; grants are stored as they stand. Throws PackFileError. */
export function permissionSetFile(file: YamlFile): PermissionSetFile {
  const fields = new Fields(file);
  const ref = componentRef(fields);
  return {
    ref,
    label: fields.text('label') ?? titleOf(ref),
    description: fields.text('description') ?? null,
    grants: fields.list('grants'),
  };
}

/** What every component with a label begins with. `at` is where it stands: `rules/on-hook.yaml:1`. */
export const headOf = (file: YamlFile, fields: Fields, ref: string) => ({
  at: `${file.name}:${file.lineOf('ref')}`,
  ref,
  label: fields.text('label') ?? titleOf(ref),
  description: fields.text('description') ?? null,
});

/** The `ref` of a file, `<pack>.<name>` in lower case. `otherwise` stands in for an absent one. Throws PackFileError. */
export function componentRef(fields: Fields, otherwise?: string): string {
  return checkedRef(fields, otherwise === undefined ? fields.required('ref') : (fields.text('ref') ?? otherwise));
}

/** The same for a ref made from what the file says. Throws PackFileError. */
export function checkedRef(fields: Fields, ref: string): string {
  if (!isComponentRef(ref)) throw fields.error('ref', `ref ${ref} must be <pack>.<name> in lower case, with one dot`);
  return ref;
}
