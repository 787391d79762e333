import { readlink, realpath, type FileHandle } from 'node:fs/promises';
import { sep } from 'node:path';

/** Whether what is open is the directory, or below it, by its real path. */
export async function isBelow({ fd }: FileHandle, directory: string): Promise<boolean> {
  const [path, above] = [await readlink(`/proc/self/fd/${fd}`), await realpath(directory)];
  return path === above || path.startsWith(above + sep);
}
