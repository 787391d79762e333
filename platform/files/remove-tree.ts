import { randomUUID } from 'node:crypto';
import { rename, rmdir, unlink } from 'node:fs/promises';
import { ignoreCodes } from '../base/error-details';
import { ConfinedDirectory } from './confined-directory';

/** How often what is written meanwhile is removed, too. */
const ROUNDS = 100;

/**
 * Removes all that is in a directory, and returns how many files that were. At any depth: what a
 * directory contains is moved up before it is removed, so that no path is long and two of them
 * are open at a time. It follows no link: programs that are not trusted may write there.
 */
export async function emptyTree(root: ConfinedDirectory): Promise<number> {
  let files = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const names = (await root.entries()).map(({ name }) => name);
    if (names.length === 0) return files;
    for (let name = names.pop(); name !== undefined; name = names.pop()) files += await removeEntry(root, name, names);
  }
  throw new Error('files are written while they are removed');
}

/** Removes a directory, or whatever has this path. Does nothing where there is nothing. */
export async function removeTree(path: string): Promise<number> {
  await using directory = await ConfinedDirectory.openClosed(path);
  if (directory === null) {
    const isRemoved = await unlink(path).then(() => true, ignoreCodes('ENOENT', 'ENOTDIR'));
    return isRemoved ? 1 : 0;
  }
  await directory.unlock();
  const files = await emptyTree(directory);
  await rmdir(path).catch(ignoreCodes('ENOENT'));
  return files;
}

/** `names`: of entries of the root that are to be removed; gets those of directories. */
async function removeEntry(root: ConfinedDirectory, name: Buffer, names: Buffer[]): Promise<number> {
  const path = root.entryOfBytes(name);
  await using directory = await ConfinedDirectory.openClosed(path);
  if (directory === null) {
    await unlink(path).catch(ignoreCodes('ENOENT'));
    return 1;
  }
  await directory.unlock();
  let files = 0;
  for (const entry of await directory.entries()) {
    const inner = directory.entryOfBytes(entry.name);
    if (!entry.isDirectory()) {
      await unlink(inner).catch(ignoreCodes('ENOENT'));
      files++;
      continue;
    }
    await unlock(inner); // to move a directory takes the right to write in it
    const moved = Buffer.from(`.removed-${randomUUID()}`);
    await rename(inner, root.entryOfBytes(moved)).catch(ignoreCodes('ENOENT'));
    names.push(moved);
  }
  await rmdir(path).catch(ignoreCodes('ENOENT', 'ENOTEMPTY'));
  return files;
}

async function unlock(path: Buffer): Promise<void> {
  await using directory = await ConfinedDirectory.openClosed(path);
  await directory?.unlock();
}
