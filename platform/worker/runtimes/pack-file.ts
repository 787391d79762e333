import { lstat, realpath } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { NotRunnable, type Runnable } from './runtime';

type PackFileLocation = Pick<Runnable, 'packDirectory' | 'packRef' | 'entrypoint'> & {
  readonly folder?: 'actions' | Runnable['folder'];
};

/**
 * The path of an entrypoint below its folder of the pack; null for a pack without files. Throws
 * NotRunnable for a path outside the folder.
 */
function entrypointPath({ packDirectory, packRef, entrypoint, folder = 'actions' }: PackFileLocation): string | null {
  if (packDirectory === null) return null;
  const directory = join(packDirectory, folder);
  const path = resolve(directory, entrypoint);
  if (path.startsWith(directory + sep)) return path;
  throw new NotRunnable(
    `ENTRY_POINT_FORBIDDEN: entry point "${entrypoint}" lies outside ${directory} of pack "${packRef}"`,
  );
}

/**
 * Whether there is a file at the path of an entrypoint; false for a text too long for a file name.
 * Checked for each run. Throws NotRunnable ENTRY_POINT_FORBIDDEN for a link, a directory or a
 * device, and for a path that leads outside the pack through a link.
 */
async function isPackFile(path: string, { packDirectory }: Pick<PackFileLocation, 'packDirectory'>): Promise<boolean> {
  const stats = await lstat(path).catch(() => null);
  if (stats === null) return false;
  const isInsidePack = (await realpath(path)).startsWith((await realpath(packDirectory ?? '/')) + sep);
  if (stats.isFile() && isInsidePack) return true;
  throw new NotRunnable(`ENTRY_POINT_FORBIDDEN: ${basename(path)} is no regular file of its pack`);
}

/** The pack's file to run. Throws NotRunnable with the path that was searched. */
export async function resolvePackFile(attempt: PackFileLocation): Promise<string> {
  const path = entrypointPath(attempt);
  if (path === null) {
    throw new NotRunnable(
      `no executable content: pack "${attempt.packRef}" has no files, so none is "${attempt.entrypoint}"`,
    );
  }
  if (await isPackFile(path, attempt)) return path;
  throw new NotRunnable(`entry point "${attempt.entrypoint}" not found: looked for ${path}`);
}

/** The file of a script; null where the entrypoint names none and is the script itself. */
export async function scriptFile(attempt: PackFileLocation & Pick<Runnable, 'isAdhoc'>): Promise<string | null> {
  if (attempt.isAdhoc || attempt.entrypoint.includes('\n')) return null;
  const path = entrypointPath(attempt);
  return path !== null && (await isPackFile(path, attempt)) ? path : null;
}
