import { access, constants, stat } from 'node:fs/promises';

/** Whether a regular file exists at the path, or at the target of a link. */
export const resolvesToFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isFile() ?? false;

/** Whether a directory exists at the path, or at the target of a link. */
export const resolvesToDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() ?? false;

/** Whether this process may execute the file. */
export const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
