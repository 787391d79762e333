import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { isBelow } from './is-below';
import { openRegular } from './regular-file';

/** A file that only counts where it is, by its real path, below a directory. */
export interface FileBelow {
  readonly directory: string;
  /** With the directory. */
  readonly path: string;
}

/**
 * Opens a regular file for reading; null where there is none. Programs that are not trusted may
 * write in the directory: what is opened is checked by its descriptor, which no one can replace.
 */
export async function openBelow({ directory, path }: FileBelow): Promise<FileHandle | null> {
  const opened = await openRegular(path, constants.O_RDONLY);
  if (opened === null) return null;
  const { file } = opened;
  try {
    if (await isBelow(file, directory)) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return null;
}
