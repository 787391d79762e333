import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RepositoryFiles } from '../compose/repository-files';
import { isBelow } from '../copy/is-below';
import { staysBelow } from '../path-text';

/** The files below the root of a repository on this host. */
export const filesOf = (root: string): RepositoryFiles => ({
  has: (path) => statSync(join(root, path), { throwIfNoEntry: false }) !== undefined,
  read: (path) => {
    const problem = problemOf(root, path);
    return problem === null ? { text: readFileSync(join(root, path), 'utf8') } : { problem };
  },
});

function problemOf(root: string, path: string): string | null {
  if (!staysBelow(path)) return 'is outside of the repository; right would be a path below its root';
  const file = join(root, path);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return 'does not exist; right would be a path to a file of the repository';
  if (!stats.isFile()) return 'is no file';
  const isWithin = isBelow(realpathSync(root), realpathSync(file));
  return isWithin ? null : 'is a link out of the repository; right would be a file below its root';
}
