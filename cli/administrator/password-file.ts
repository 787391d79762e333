import { accessSync, constants, lstatSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CommandError, isSystemError, usageError } from '../failures';

const OWNER_ONLY = 0o600;

/** Throws CommandError, exit 2, where the file cannot be created. */
export function requireCreatable(path: string): void {
  const fault = findFault(path);
  if (fault !== null) throw usageError(`--admin-password-file ${path}: ${fault}`);
}

function findFault(path: string): string | null {
  if (lstatSync(path, { throwIfNoEntry: false }))
    return 'the file exists, and may hold the password of an earlier start; move it away, or leave the option out';
  const directory = dirname(resolve(path));
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    return `the directory ${directory} does not exist; create it first`;
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return null;
  } catch {
    return `this user may not write in ${directory}; use another directory`;
  }
}

/** Creates the file, which only its owner can read, on the disk. Throws CommandError. */
export function createPasswordFile(path: string, password: string): void {
  try {
    writeFileSync(path, `${password}\n`, { mode: OWNER_ONLY, flag: 'wx', flush: true });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new CommandError(
      `--admin-password-file ${path} cannot be written (${error.message}): no administrator is created`,
    );
  }
}
