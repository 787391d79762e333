import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDirectory } from './copy-tree';

/**
 * Removes what a platform that was killed left of uploads: the directories of each tenant whose
 * names begin with a dot, which no pack's name does. Only while no request is accepted.
 */
export async function removeInterruptedUploads(packsDirectory: string): Promise<void> {
  if (!(await isDirectory(packsDirectory))) return;
  for (const tenant of await readdir(packsDirectory)) {
    const home = join(packsDirectory, tenant);
    const names = (await isDirectory(home)) ? await readdir(home) : [];
    for (const name of names.filter((name) => name.startsWith('.')))
      await rm(join(home, name), { recursive: true, force: true });
  }
}
