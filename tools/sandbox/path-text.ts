import { posix } from 'node:path';

/** Paths as compose files name them: text, whatever is there. */
export const joined = (...parts: readonly string[]): string => posix.join(...parts);

export const directoryOf = (path: string): string => posix.dirname(path);

export const isAbsolute = (path: string): boolean => posix.isAbsolute(path);

/** Whether a relative path stays below the directory that it starts from. */
export function staysBelow(path: string): boolean {
  const way = posix.normalize(path);
  return !posix.isAbsolute(way) && way !== '..' && !way.startsWith('../');
}
