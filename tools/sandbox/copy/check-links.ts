import { lstat, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isBelow } from './is-below';
import { SandboxError } from '../sandbox-error';

/**
 * Throws SandboxError where a link leads out of the tree: as text, which counts in the copy, or by
 * the links on its way.
 */
export async function checkLinks(root: string, files: readonly string[]): Promise<void> {
  const realRoot = await realpath(root);
  for (const path of files) {
    const file = join(realRoot, path);
    if (!(await lstat(file)).isSymbolicLink()) continue;
    const target = await readlink(file);
    const isWithin = (to: string) => to === realRoot || isBelow(realRoot, to);
    const real = await realpath(file).catch(() => null); // null: what it names does not exist
    if (isAbsolute(target) || !isWithin(resolve(dirname(file), target)) || (real !== null && !isWithin(real)))
      throw new SandboxError('SYNC_ESCAPES_ROOT', `${path} → ${target}: a link must be relative and stay in the tree`);
  }
}
