import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of all files below a directory; links count as links. Files removed meanwhile count 0. */
export async function directorySize(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true });
  const sizes = await Promise.all(
    names.map((name) =>
      lstat(join(directory, name)).then(
        (stats) => (stats.isDirectory() ? 0 : stats.size),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
