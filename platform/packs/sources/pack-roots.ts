import { mkdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { isDirectory } from '../storage/copy-tree';
import { packError } from '../pack-errors';

/** Below the platform's directory; packs in it may always be registered. */
const INCOMING_DIRECTORY = 'incoming';

/**
 * The directories that packs may be registered from: those of the settings, by default the current
 * one, and our own.
 */
export async function resolvePackRoots(configured: readonly string[] | null, directory: string): Promise<string[]> {
  const incoming = join(directory, INCOMING_DIRECTORY);
  await mkdir(incoming, { recursive: true });
  return [...(configured ?? [process.cwd()]), incoming].map((root) => resolve(root));
}

const isBelow = (path: string, root: string): boolean => path === root || path.startsWith(root + sep);

/**
 * Resolves the directory of a registration, without links. Throws DomainError 400: PATH_FORBIDDEN
 * outside the roots, without a hint whether it exists, and for stored packs, which could be
 * another tenant's; PACK_NO_DIRECTORY.
 */
export async function resolvePackDirectory(
  path: string,
  packsDirectory: string,
  roots: readonly string[],
): Promise<string> {
  const forbidden = packError(
    'PATH_FORBIDDEN',
    `${path} is not below a directory that packs may be registered from`,
    'path',
  );
  const realRoots = await Promise.all(roots.map((root) => realpath(root).catch(() => root)));
  const normalized = resolve(path);
  if (path.includes('\0') || !isAbsolute(path) || ![...roots, ...realRoots].some((root) => isBelow(normalized, root)))
    throw forbidden;
  if (!(await isDirectory(normalized)))
    throw packError('PACK_NO_DIRECTORY', `${path} is not a directory that the server can read`, 'path');
  const realDirectory = await realpath(normalized);
  if (!realRoots.some((root) => isBelow(realDirectory, root))) throw forbidden;
  await mkdir(packsDirectory, { recursive: true });
  const realPacksDirectory = await realpath(packsDirectory);
  if (isBelow(realDirectory, realPacksDirectory) || isBelow(realPacksDirectory, realDirectory)) {
    throw packError('PATH_FORBIDDEN', `${path} is where packs are stored: give the directory they came from`, 'path');
  }
  return realDirectory;
}
