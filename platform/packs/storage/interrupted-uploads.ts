import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { allEnvironmentsDirectory, isTestEnvironments } from '../../base/directories';
import { isDirectory } from './copy-tree';
import { removeTree } from '../../files/remove-tree';

/**
 * Removes the environments that a platform that was killed had for tests of files that were not
 * registered. Only while no request is accepted.
 */
export const removeTestEnvironments = (platform: { readonly directory: string }): Promise<void> =>
  removeOfTenants(allEnvironmentsDirectory(platform), isTestEnvironments);

/**
 * Removes what a platform that was killed left of uploads: the directories of each tenant whose
 * names begin with a dot, which no pack's name does. Only while no request is accepted.
 */
export const removeInterruptedUploads = (packsDirectory: string): Promise<void> =>
  removeOfTenants(packsDirectory, (name) => name.startsWith('.'));

/** Removes what has such a name in the directory of each tenant. */
async function removeOfTenants(parent: string, isRemoved: (name: string) => boolean): Promise<void> {
  if (!(await isDirectory(parent))) return;
  for (const tenant of await readdir(parent)) {
    const home = join(parent, tenant);
    const names = (await isDirectory(home)) ? await readdir(home) : [];
    for (const name of names.filter(isRemoved)) await removeTree(join(home, name));
  }
}
