import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { Database } from '../store/database';
import { spentFiles, takeSpent, type Retired } from '../store/retired-files';

/** In an environment: the hash of the manifests that it was made from. */
export const CONTENT_HASH = '.content-hash';

/** Has a look at what can go, one at a time; a failure is logged and looked at again. */
export function openPackClearance(db: Database, log: Logger): () => void {
  let busy = false;
  return () => {
    if (busy) return;
    busy = true;
    void removeSpentFiles(db)
      .catch((error: unknown) => log.warn({ err: error }, 'could not remove files of packs'))
      .finally(() => (busy = false));
  };
}

/** Removes the directories of packs that were replaced and that no attempt uses any more. */
export async function removeSpentFiles(db: Database): Promise<void> {
  for (const spent of await spentFiles(db)) {
    const aside: Retired[] = [];
    await takeSpent(db, spent, {
      contentHash: async (path) => (await readFile(join(path, CONTENT_HASH), 'utf8').catch(ignoreAbsent)) ?? null,
      take: async ({ kind, path }) => {
        const away = `${path}.gone-${randomUUID().slice(0, 8)}`;
        await rename(path, away).then(() => aside.push({ kind, path: away }), ignoreAbsent);
      },
    });
    for (const { kind, path } of aside) {
      if (kind === 'registration') await removeFiles(path);
      else await rm(path, { recursive: true, force: true });
    }
  }
}

/** Removes one stored copy of a pack, and the pack's directory with the last of them. */
export async function removeFiles(stored: string): Promise<void> {
  await rm(stored, { recursive: true, force: true });
  try {
    await rmdir(dirname(stored));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}

function ignoreAbsent(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
}
