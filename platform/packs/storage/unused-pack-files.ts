import { randomUUID } from 'node:crypto';
import { readFile, rename, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { ignoreCodes } from '../../base/error-details';
import type { Database } from '../../store/database/connection';
import { RowIsolation } from '../../store/database/row-isolation';
import {
  listUnusedFiles,
  removeUnusedFiles,
  type ReplacedFiles,
  type UnusedFiles,
} from '../../store/packs/pack-file-gc';
import { removeTree } from '../../files/remove-tree';

/** File of an environment with the hash of its manifests. */
export const CONTENT_HASH_FILE = '.content-hash';

/**
 * Returns a function that starts a cleanup unless one runs. A directory that cannot be removed is
 * logged and retried, and does not stop the others.
 */
export function createPackFileCleanup(db: Database, log: Logger): () => void {
  const isolation = new RowIsolation();
  const onError = (error: unknown) => log.warn({ err: error }, 'could not remove files of packs');
  let isRunning = false;
  return () => {
    if (isRunning) return;
    isRunning = true;
    void removeUnusedPackFiles(db, onError, isolation)
      .catch(onError)
      .finally(() => (isRunning = false));
  };
}

/** Removes directories of replaced packs that no attempt uses. */
export async function removeUnusedPackFiles(
  db: Database,
  onError: (error: unknown) => void,
  isolation = new RowIsolation(),
): Promise<void> {
  await isolation.runEach(
    await listUnusedFiles(db),
    ({ tenant, id, pack_ref: pack }) => ({ tenant, replacedFiles: id, pack }),
    (unused) => removeDirectories(db, unused),
    onError,
  );
}

async function removeDirectories(db: Database, unused: UnusedFiles): Promise<void> {
  const movedAside: ReplacedFiles[] = [];
  await removeUnusedFiles(db, unused, {
    contentHash: async (path) => (await readFile(join(path, CONTENT_HASH_FILE), 'utf8').catch(ignoreAbsent)) ?? null,
    remove: async ({ kind, path }) => {
      const trashPath = `${path}.gone-${randomUUID().slice(0, 8)}`;
      await rename(path, trashPath).then(() => movedAside.push({ kind, path: trashPath }), ignoreAbsent);
    },
  });
  for (const { kind, path } of movedAside) {
    if (kind === 'registration') await removeStoredPack(path);
    else await removeTree(path);
  }
}

/** Removes one stored copy of a pack, and the pack's directory with the last copy. */
export async function removeStoredPack(stored: string): Promise<void> {
  await removeTree(stored);
  await rmdir(dirname(stored)).catch(ignoreCodes('ENOTEMPTY', 'EEXIST', 'ENOENT'));
}

const ignoreAbsent = ignoreCodes('ENOENT', 'ENOTDIR');
