import { lstat } from 'node:fs/promises';
import { ignoreCodes } from '../../base/error-details';

/** False for a link to a directory. */
export const isDirectory = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(ignoreCodes('ENOENT', 'ENOTDIR')))?.isDirectory() ?? false;
