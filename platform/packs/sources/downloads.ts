import { randomUUID } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreCodes } from '../../base/error-details';
import { INCOMING_DIRECTORY } from './pack-roots';
import { removeTree } from '../../files/remove-tree';

/** Downloads of a tenant that are kept; the oldest makes room for a further one. */
const MAX_KEPT = 20;

/**
 * Creates an empty directory for one download of a tenant, from which a pack may be registered.
 * Its name cannot be guessed, so that another tenant does not find it.
 */
export async function createDownloadDirectory(directory: string, tenant: number): Promise<string> {
  const home = join(directory, INCOMING_DIRECTORY, `downloads-${tenant}`);
  await mkdir(home, { recursive: true, mode: 0o700 });
  await removeOldest(home);
  const created = join(home, randomUUID());
  await mkdir(created);
  return created;
}

async function removeOldest(home: string): Promise<void> {
  const names = await readdir(home);
  const times = await Promise.all(
    names.map(async (name) => ({
      name,
      at: (await stat(join(home, name)).catch(ignoreCodes('ENOENT')))?.mtimeMs ?? 0,
    })),
  );
  const oldest = times.sort((left, right) => right.at - left.at).slice(MAX_KEPT - 1);
  for (const { name } of oldest) await removeTree(join(home, name));
}
