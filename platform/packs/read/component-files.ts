import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreCodes } from '../../base/error-details';
import { PackFileError } from '../pack-errors';
import { unusedKeyWarnings } from './unused-keys';
import { readYaml, type YamlFile } from './yaml-file';

const YAML_EXTENSION = /\.ya?ml$/;
const WORKFLOW_BODY = /\.workflow\.ya?ml$/;

/**
 * Names of the YAML files directly in a folder of the pack, sorted; empty for a missing folder.
 */
export async function listYamlFiles(directory: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(directory, folder), { withFileTypes: true }).catch(ignoreCodes('ENOENT'));
  return (entries ?? [])
    .filter((entry) => entry.isFile() && YAML_EXTENSION.test(entry.name))
    .map((entry) => `${folder}/${entry.name}`)
    .sort();
}

export const isWorkflowBody = (name: string): boolean => WORKFLOW_BODY.test(name);

/** `actions/workflows/deploy.workflow.yaml` → `deploy`. */
export const fileStem = (name: string): string =>
  name.split('/').at(-1)!.replace(WORKFLOW_BODY, '').replace(YAML_EXTENSION, '');

/** Reads every file with `read`. Invalid files and keys that say nothing become warnings. */
export async function readComponentFiles<T>(
  directory: string,
  names: readonly string[],
  warnings: string[],
  read: (file: YamlFile) => T | Promise<T>,
): Promise<T[]> {
  const found: T[] = [];
  for (const name of names) {
    try {
      const file = await readYaml(directory, name);
      found.push(await read(file));
      warnings.push(...unusedKeyWarnings(file));
    } catch (error) {
      if (!(error instanceof PackFileError)) throw error;
      warnings.push(`${error.message}; the file is skipped`);
    }
  }
  return found;
}
