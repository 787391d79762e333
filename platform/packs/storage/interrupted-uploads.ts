import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { allEnvironmentsDirectory, isTestEnvironments } from '../../base/directories';
import { isDirectory } from './is-directory';
import { removeTree } from '../../files/remove-tree';
import type { Database } from '../../store/database/connection';
import { isStoredPack } from '../../store/packs/packs';
import { removeStoredPack } from './unused-pack-files';

/**
 * Beginning of the name of a file that exists while files of a pack are moved to their place and
 * registered. It has the path of that place in the directory of the tenant.
 */
export const MOVE_PREFIX = '.move-';

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
export async function removeInterruptedUploads(db: Database, packsDirectory: string): Promise<void> {
  await eachOfTenants(
    packsDirectory,
    (name) => name.startsWith(MOVE_PREFIX),
    (tenant, move) => removeUnregistered(db, tenant, move),
  );
  await removeOfTenants(packsDirectory, (name) => name.startsWith('.'));
}

/** `<ref>/<version>-<id>`; anything else was not written to its end. */
const STORED_PATH = /^[a-z][a-z0-9_-]+\/[0-9A-Za-z.+-]+-[0-9a-f]{8}$/;

/** Removes moved files whose registration has not been committed. */
async function removeUnregistered(db: Database, tenant: string, move: string): Promise<void> {
  const path = await readFile(move, 'utf8');
  if (!STORED_PATH.test(path)) return;
  const isRegistered = await db.readingInTenant(Number(tenant), (transaction) =>
    isStoredPack(transaction, `/${tenant}/${path}`),
  );
  if (!isRegistered) await removeStoredPack(join(dirname(move), path));
}

/** Removes what has such a name in the directory of each tenant. */
const removeOfTenants = (parent: string, isRemoved: (name: string) => boolean): Promise<void> =>
  eachOfTenants(parent, isRemoved, (_tenant, path) => removeTree(path));

async function eachOfTenants(
  parent: string,
  isIncluded: (name: string) => boolean,
  work: (tenant: string, path: string) => Promise<unknown>,
): Promise<void> {
  if (!(await isDirectory(parent))) return;
  for (const tenant of await readdir(parent)) {
    const home = join(parent, tenant);
    const names = (await isDirectory(home)) ? await readdir(home) : [];
    for (const name of names.filter(isIncluded)) await work(tenant, join(home, name));
  }
}
