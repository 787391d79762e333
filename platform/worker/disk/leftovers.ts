import { lstat, unlink } from 'node:fs/promises';
import { artifactsDirectory, goCacheDirectory } from '../../base/directories';
import { nullIfUnusable } from '../../files/regular-file';
import { walkTree } from '../../files/walk-tree';

/** Paths that are looked up together. */
const PORTION = 1_000;

/** Returns those of these paths that are files of artifacts. */
export type FindKept = (paths: readonly string[]) => Promise<readonly string[]>;

interface Leftovers {
  readonly directory: string;
  readonly tenant: number;
  /** Epoch ms. */
  readonly since: number;
}

/**
 * Removes the files of a tenant that were created or changed since then and belong to no artifact.
 * Returns how many.
 */
export async function removeLeftovers({ directory, tenant, since }: Leftovers, findKept: FindKept): Promise<number> {
  let removed = 0;
  for (const root of [artifactsDirectory({ directory }, { tenant }), goCacheDirectory({ directory }, { tenant })]) {
    await walkTree(root, async (parent, entries, above) => {
      const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
      for (let offset = 0; offset < files.length; offset += PORTION) {
        const portion = files.slice(offset, offset + PORTION);
        const pathOf = (name: Buffer) => [...above, name].map(String).join('/');
        const kept = new Set(await findKept(portion.map(pathOf)));
        for (const name of portion.filter((each) => !kept.has(pathOf(each)))) {
          const path = parent.entryOfBytes(name);
          const stats = await lstat(path).catch(nullIfUnusable);
          if (stats === null || stats.ctimeMs < since) continue;
          await unlink(path).catch(nullIfUnusable);
          removed++;
        }
      }
    });
  }
  return removed;
}
