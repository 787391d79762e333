import { stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
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
  throw new NotRunnable(`entry point "${entrypoint}" lies outside ${directory} of pack "${packRef}"`);
}

/** Is it a file that exists? A text too long to be a name is none. */
export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** The pack's file to run. Throws NotRunnable with the place that was looked at. */
export async function packFile(attempt: PackFile): Promise<string> {
  const path = entrypointPath(attempt);
  if (path === null) {
    throw new NotRunnable(
      `no executable content: pack "${attempt.packRef}" has no files, so none is "${attempt.entrypoint}"`,
    );
  }
  if (await isFile(path)) return path;
  throw new NotRunnable(`entry point "${attempt.entrypoint}" not found: looked for ${path}`);
}
