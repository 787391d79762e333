import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { allReceivedFilesDirectory } from '../../base/directories';
import { ignoreCodes } from '../../base/error-details';
import { removeTree } from '../../files/remove-tree';

/** Removes the bodies that platforms which were killed had not received in full. */
export async function removeAbandonedBodies(directory: string, running: readonly string[]): Promise<void> {
  const parent = allReceivedFilesDirectory({ directory });
  const instances = (await readdir(parent).catch(ignoreCodes('ENOENT'))) ?? [];
  for (const instance of instances.filter((name) => !running.includes(name))) await removeTree(join(parent, instance));
}
