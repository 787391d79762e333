import { mkdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { isDirectory } from './copy-tree';
import { refusedPack } from './problems';

/** Below the platform's own directory; packs that lie there may always be registered. */
const INCOMING = 'incoming';

/** The directories below which packs may be registered: those that are set, else the one we were started in; and our own. */
export async function packRootsOf(set: readonly string[] | null, directory: string): Promise<string[]> {
  const incoming = join(directory, INCOMING);
  await mkdir(incoming, { recursive: true });
  return [...(set ?? [process.cwd()]), incoming].map((root) => resolve(root));
}

const isBelow = (path: string, root: string): boolean => path === root || path.startsWith(root + sep);

/**
 * The directory that a caller names, without links. Throws Refusal 400: PATH_FORBIDDEN outside the roots, of which nothing
 * is told, and for the stored files of packs, which would let one tenant copy another's; PACK_NO_DIRECTORY.
 */
export async function directoryToRegister(
  path: string,
  packsDirectory: string,
  roots: readonly string[],
): Promise<string> {
  const forbidden = refusedPack(
    'PATH_FORBIDDEN',
    `${path} is not below a directory that packs may be registered from`,
    'path',
  );
  const real = await Promise.all(roots.map((root) => realpath(root).catch(() => root)));
  const clean = resolve(path);
  if (path.includes('\0') || !isAbsolute(path) || ![...roots, ...real].some((root) => isBelow(clean, root)))
    throw forbidden;
  if (!(await isDirectory(clean)))
    throw refusedPack('PACK_NO_DIRECTORY', `${path} is not a directory that the server can read`, 'path');
  const found = await realpath(clean);
  if (!real.some((root) => isBelow(found, root))) throw forbidden;
  await mkdir(packsDirectory, { recursive: true });
  const stores = await realpath(packsDirectory);
  if (isBelow(found, stores) || isBelow(stores, found)) {
    throw refusedPack('PATH_FORBIDDEN', `${path} is where packs are stored: give the directory they came from`, 'path');
  }
  return found;
}
