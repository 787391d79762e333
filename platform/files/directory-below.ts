import { mkdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConfinedDirectory, descend } from './confined-directory';
import { nullIfUnusable } from './regular-file';

/**
 * Creates the directories of a relative path below `directory`, each for the owner of `directory`,
 * and follows no link: programs that are not trusted may write there. False where something else
 * than a directory is in the way.
 */
export async function createDirectoriesBelow(directory: string, path: string): Promise<boolean> {
  await mkdir(directory, { recursive: true });
  const owner = await stat(directory);
  await using last = await descend(await ConfinedDirectory.open(directory), path.split('/'), (parent, name) =>
    parent.childOrNew(name, owner),
  );
  return last !== null;
}

/** Removes the file of a relative path below `directory`; parents may be links to elsewhere. */
export async function removeFileBelow(directory: string, path: string): Promise<void> {
  const file = join(directory, path);
  await using parent = await ConfinedDirectory.open(dirname(file));
  if (parent !== null && (await parent.isBelow(directory)))
    await unlink(parent.entry(basename(file))).catch(nullIfUnusable);
}
