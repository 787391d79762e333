import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PackFileError } from './problems';
import { readYaml, type YamlFile } from './yaml-file';

const YAML = /\.ya?ml$/;
const WORKFLOW_BODY = /\.workflow\.ya?ml$/;

/** Names of the YAML files right below a folder of the pack, in order; none where there is no such folder. */
export async function yamlFilesIn(directory: string, folder: string): Promise<string[]> {
  try {
    const entries = await readdir(join(directory, folder), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && YAML.test(entry.name))
      .map((entry) => `${folder}/${entry.name}`)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export const isWorkflowBody = (name: string): boolean => WORKFLOW_BODY.test(name);

/** `actions/workflows/deploy.workflow.yaml` → `deploy`. */
export const stemOf = (name: string): string => name.split('/').at(-1)!.replace(WORKFLOW_BODY, '').replace(YAML, '');

/** Reads every file with `read`; a file that is wrong becomes a warning and the others go on. */
export async function readEach<T>(
  directory: string,
  names: readonly string[],
  warnings: string[],
  read: (file: YamlFile) => T | Promise<T>,
): Promise<T[]> {
  const found: T[] = [];
  for (const name of names) {
    try {
      found.push(await read(await readYaml(directory, name)));
    } catch (error) {
      if (!(error instanceof PackFileError)) throw error;
      warnings.push(`${error.message}; the file is skipped`);
    }
  }
  return found;
}
