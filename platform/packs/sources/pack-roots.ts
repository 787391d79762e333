import { mkdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { isDirectory } from '../storage/is-directory';
import { packError } from '../pack-errors';

/** Below the platform's directory; packs in it may always be registered. */
export const INCOMING_DIRECTORY = 'incoming';

/**
 * The directories that packs may be registered from: those of the settings, by default the current
 * one, and our own.
 */
export async function resolvePackRoots(configured: readonly string[] | null, directory: string): Promise<string[]> {
  const incoming = join(directory, INCOMING_DIRECTORY);
  await mkdir(incoming, { recursive: true });
  return [...(configured ?? [process.cwd()]), incoming].map((root) => resolve(root));
}

const OUTSIDE_HINT =
  'start the platform in a directory above it, set PLATFORM_PACK_ROOTS, or upload the pack as an archive';

const isBelow = (path: string, root: string): boolean => path === root || path.startsWith(root + sep);

/**
 * Resolves the directory of a registration, without links. Throws DomainError 400: PATH_FORBIDDEN
 * outside the roots, which does not reveal whether it exists, and for the platform's own
 * directory, which has other tenants' packs, logs and the database; PACK_NO_DIRECTORY.
 */
export async function resolvePackDirectory(
  path: string,
  { directory, packRoots: roots }: { readonly directory: string; readonly packRoots: readonly string[] },
): Promise<string> {
  const forbidden = packError(
    'PATH_FORBIDDEN',
    `${path} is not below a directory that packs may be registered from`,
    'path',
    isAbsolute(path) ? OUTSIDE_HINT : 'give an absolute path',
  );
  const realRoots = await realPaths(roots);
  const normalized = resolve(path);
  if (path.includes('\0') || !isAbsolute(path) || ![...roots, ...realRoots].some((root) => isBelow(normalized, root)))
    throw forbidden;
  const [incoming, ...ownDirectories] = await realPaths([join(directory, INCOMING_DIRECTORY), directory]);
  const isOwn = (candidate: string) =>
    !isBelow(candidate, incoming!) &&
    [directory, ...ownDirectories].some((own) => isBelow(candidate, own) || isBelow(own, candidate));
  if (isOwn(normalized)) throw ownDirectoryError(path);
  if (!(await isDirectory(normalized)))
    throw packError('PACK_NO_DIRECTORY', `${path} is not a directory that the server can read`, 'path');
  const realDirectory = await realpath(normalized);
  if (!realRoots.some((root) => isBelow(realDirectory, root))) throw forbidden;
  if (isOwn(realDirectory)) throw ownDirectoryError(path);
  return realDirectory;
}

const realPaths = (paths: readonly string[]): Promise<string[]> =>
  Promise.all(paths.map((path) => realpath(path).catch(() => path)));

const ownDirectoryError = (path: string) =>
  packError('PATH_FORBIDDEN', `${path} is where the platform keeps its data: give the pack's source`, 'path');
