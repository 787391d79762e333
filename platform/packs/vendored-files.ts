import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { resolvesToFile } from '../base/host/path-checks';
import { ignoreCodes } from '../base/error-details';

/**
 * Paths of the wheels in a directory of a pack. Null unless the directory is inside the pack and
 * contains wheels only: pip would follow the links of a page in it.
 */
export async function vendoredWheels(packDirectory: string, directory: string): Promise<string[] | null> {
  const path = await pathInside(packDirectory, directory);
  const entries = path === null ? null : await readdir(path, { withFileTypes: true }).catch(ignoreCodes('ENOTDIR'));
  if (path === null || !entries?.every((entry) => entry.isFile() && entry.name.endsWith('.whl'))) return null;
  return entries.map(({ name }) => join(path, name)).sort();
}

/** Path of an archive in a pack; null unless it is a file inside the pack. */
export async function vendoredArchive(packDirectory: string, name: string): Promise<string | null> {
  const path = await pathInside(packDirectory, name);
  return path !== null && (await resolvesToFile(path)) ? path : null;
}

/** The path without links; null where nothing exists, or outside the pack. */
async function pathInside(packDirectory: string, name: string): Promise<string | null> {
  const root = await realpath(packDirectory);
  const path = await realpath(join(root, name)).catch(ignoreCodes('ENOENT', 'ENOTDIR'));
  return path?.startsWith(root + sep) ? path : null;
}
