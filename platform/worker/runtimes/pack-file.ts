import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { NotRunnable, type Runnable } from './runtime';

type PackFile = Pick<Runnable, 'packDirectory' | 'packRef' | 'entrypoint'> & {
  readonly folder?: 'actions' | Runnable['folder'];
};

/** The path an entrypoint names, below its folder of the pack; null for a pack without files. Throws NotRunnable outside it. */
export function entrypointPath({ packDirectory, packRef, entrypoint, folder = 'actions' }: PackFile): string | null {
  if (packDirectory === null) return null;
  const directory = join(packDirectory, folder);
  const path = resolve(directory, entrypoint);
  if (path.startsWith(directory + sep)) return path;
  throw new NotRunnable(
    `ENTRY_POINT_FORBIDDEN: entry point "${entrypoint}" lies outside ${directory} of pack "${packRef}"`,
  );
}

/** Is it a file that exists? */
export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/**
 * Is there a file at a path that `entrypointPath` answered? A text too long to be a name is none. Looked at anew for each
 * run: NotRunnable ENTRY_POINT_FORBIDDEN for a link, a directory or a device, and for what lies elsewhere by way of one.
 */
export async function isPackFile(path: string, { packDirectory }: Pick<PackFile, 'packDirectory'>): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return false;
  const inside = (await realpath(path)).startsWith((await realpath(packDirectory ?? '/')) + sep);
  if (found.isFile() && inside) return true;
  throw new NotRunnable(`ENTRY_POINT_FORBIDDEN: ${basename(path)} is no regular file of its pack`);
}

/** The pack's file to run. Throws NotRunnable with the place that was looked at. */
export async function packFile(attempt: PackFile): Promise<string> {
  const path = entrypointPath(attempt);
  if (path === null) {
    throw new NotRunnable(
      `no executable content: pack "${attempt.packRef}" has no files, so none is "${attempt.entrypoint}"`,
    );
  }
  if (await isPackFile(path, attempt)) return path;
  throw new NotRunnable(`entry point "${attempt.entrypoint}" not found: looked for ${path}`);
}
