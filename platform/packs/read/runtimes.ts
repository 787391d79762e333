import type { PermissionSetFile, RuntimeFile } from './components';
import { YamlFields } from './yaml-fields';
import { isComponentRef, titleFromRef } from './refs';
import type { YamlFile } from './yaml-file';

/** `runtimes/*.yaml`. Throws PackFileError. */
export function readRuntimeFile(file: YamlFile): RuntimeFile {
  const fields = new YamlFields(file);
  const ref = readComponentRef(fields);
  return {
    ref,
    name: fields.text('name') ?? ref.split('.')[1]!,
    description: fields.text('description') ?? null,
    aliases: fields.strings('aliases'),
    distributions: fields.value('distributions') ?? {},
    installation: fields.value('installation') ?? null,
    executionConfig: fields.map('execution_config') ?? {},
  };
}

/** `permission_sets/*.yaml`; grants are stored unchanged. Throws PackFileError. */
export function readPermissionSetFile(file: YamlFile): PermissionSetFile {
  const fields = new YamlFields(file);
  const ref = readComponentRef(fields);
  return {
    ref,
    label: fields.text('label') ?? titleFromRef(ref),
    description: fields.text('description') ?? null,
    grants: fields.list('grants'),
  };
}

/** The fields of every component that has a label. `location`: `rules/on-hook.yaml:1`. */
export const readCommonFields = (file: YamlFile, fields: YamlFields, ref: string) => ({
  location: `${file.name}:${file.lineOf('ref')}`,
  ref,
  label: fields.text('label') ?? titleFromRef(ref),
  description: fields.text('description') ?? null,
});

/** The `ref` of a file, `<pack>.<name>` in lower case, or `defaultRef`. Throws PackFileError. */
export function readComponentRef(fields: YamlFields, defaultRef?: string): string {
  return requireComponentRef(
    fields,
    defaultRef === undefined ? fields.required('ref') : (fields.text('ref') ?? defaultRef),
  );
}

/** Checks a ref that was built from the file. Throws PackFileError. */
export function requireComponentRef(fields: YamlFields, ref: string): string {
  if (!isComponentRef(ref)) throw fields.error('ref', `ref ${ref} must be <pack>.<name> in lower case, with one dot`);
  return ref;
}
