import { isAbsolute, relative } from 'node:path';

/** Whether an absolute path is below a directory, without following links. */
export function isBelow(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}
