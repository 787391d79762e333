import type { Dirent } from 'node:fs';
import { ConfinedDirectory } from './confined-directory';

/** Each level keeps a directory open; deeper ones are not listed. */
const MAX_DEPTH = 64;

export interface TreeEntry {
  /** Below the directory. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
}

/**
 * What is in a directory and in those below it, up to a number of entries. It follows no link:
 * programs that are not trusted may write there.
 */
export async function listTree(directory: ConfinedDirectory, maxEntries: number): Promise<TreeEntry[]> {
  const found: TreeEntry[] = [];
  const list = async (current: ConfinedDirectory, prefix: string, depth: number): Promise<void> => {
    for (const entry of await current.entries()) {
      if (found.length >= maxEntries) return;
      const path = prefix + entry.name.toString();
      const kind = kindOf(entry);
      found.push({ path, kind });
      if (kind !== 'directory' || depth === MAX_DEPTH) continue;
      await using child = await ConfinedDirectory.open(current.entryOfBytes(entry.name));
      if (child !== null) await list(child, `${path}/`, depth + 1);
    }
  };
  await list(directory, '', 1);
  return found;
}

function kindOf(entry: Dirent<Buffer>): TreeEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
