import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, join, posix, sep } from 'node:path';

/** Names that no shell, option parser or path can misread. */
const PLAIN_NAME = /^[A-Za-z0-9_.@+][A-Za-z0-9_.@+\/-]*$/;

export type EntryPoint = { is: 'file' } | { is: 'missing' } | { is: 'refused'; why: string };

/** True for a path that ends outside the directory it starts from, or that no file of a pack may have. */
export const leavesDirectory = (path: string): boolean =>
  isAbsolute(path) || /^[A-Za-z]:/.test(path) || path.includes('\\') || posix.normalize(path).split('/')[0] === '..';

/** What a name below `directory` is. A link, a directory or anything but a regular file is refused. */
export async function entryPointIn(directory: string, name: string): Promise<EntryPoint> {
  if (leavesDirectory(name) || name.split('/').includes('..')) return refused(`${name} leaves the pack`);
  if (!PLAIN_NAME.test(name)) return refused(`${JSON.stringify(name)} is not a plain file name`);
  const path = join(directory, name);
  try {
    if (!(await lstat(path)).isFile()) return refused(`${name} is not a regular file`);
    const inside = (await realpath(path)).startsWith((await realpath(directory)) + sep);
    return inside ? { is: 'file' } : refused(`${name} leaves the pack`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { is: 'missing' };
    throw error;
  }
}

const refused = (why: string): EntryPoint => ({ is: 'refused', why });
