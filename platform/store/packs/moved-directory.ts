import type { Pool } from 'pg';

/** The place of a stored pack below the data directory: `/packs/<tenant>/<ref>/<version>`. */
const STORED_PACK = /^(.+)\/packs\/\d+\/[^/]+\/[^/]+$/;

/** The columns that name a place below the data directory. */
const PLACES = [
  ['pack', 'storage'],
  ['pinned_action', 'storage'],
  ['replaced_files', 'path'],
] as const;

/**
 * Makes this directory the one of the database, where that names another one and the files of its
 * packs are here: the directory was moved, or restored from a copy. `isHere`: whether a directory
 * exists. Needs the owner's connections, which row-level security does not restrict.
 */
export async function followMovedDirectory(
  ownerPool: Pool,
  directory: string,
  isHere: (path: string) => Promise<boolean>,
): Promise<void> {
  const { rows } = await ownerPool.query<{ storage: string }>(
    `select storage from pack where storage is not null and not starts_with(storage, $1 || '/packs/')`,
    [directory],
  );
  const former = new Set<string>();
  for (const { storage } of rows) {
    const root = STORED_PACK.exec(storage)?.[1];
    if (root === undefined || former.has(root)) continue;
    if (await isHere(directory + storage.slice(root.length))) former.add(root);
  }
  for (const root of former) await replaceRoot(ownerPool, root, directory);
}

async function replaceRoot(ownerPool: Pool, root: string, directory: string): Promise<void> {
  const updates = PLACES.map(
    ([table, column], index) =>
      `moved_${index} as (update ${table} set ${column} = $2 || substr(${column}, length($1) + 1)
        where starts_with(${column}, $1 || '/') and not starts_with(${column}, $2 || '/'))`,
  );
  await ownerPool.query(`with ${updates.join(', ')} select`, [root, directory]);
}
