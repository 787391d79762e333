import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, join, posix, sep } from 'node:path';
import { writeJson } from '../../../contract/json-text/write-json';

/** Names without characters that a shell, an option parser or a path could misinterpret. */
const PLAIN_NAME = /^[A-Za-z0-9_.@+][A-Za-z0-9_.@+\/-]*$/;

type EntryPointCheck = { is: 'file' } | { is: 'missing' } | { is: 'rejected'; why: string };

/** True for a path that leads out of its directory, or that no file of a pack may have. */
export const leavesDirectory = (path: string): boolean =>
  isAbsolute(path) || /^[A-Za-z]:/.test(path) || path.includes('\\') || posix.normalize(path).split('/')[0] === '..';

/**
 * Checks a file name below `directory`. A link, a directory or any other irregular file is
 * rejected.
 */
export async function checkEntryPoint(directory: string, name: string): Promise<EntryPointCheck> {
  if (leavesDirectory(name) || name.split('/').includes('..')) return rejected(`${name} leaves the pack`);
  if (!PLAIN_NAME.test(name)) return rejected(`${writeJson(name)} is not a plain file name`);
  const path = join(directory, name);
  try {
    if (!(await lstat(path)).isFile()) return rejected(`${name} is not a regular file`);
    const isInside = (await realpath(path)).startsWith((await realpath(directory)) + sep);
    return isInside ? { is: 'file' } : rejected(`${name} leaves the pack`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { is: 'missing' };
    throw error;
  }
}

const rejected = (why: string): EntryPointCheck => ({ is: 'rejected', why });
