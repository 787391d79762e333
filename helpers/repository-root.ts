import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The root directory of the clone, found from the sources or from a bundle. Throws outside a
 * clone.
 */
export function repositoryRoot(from: string = __dirname): string {
  if (existsSync(join(from, 'bin', 'tuningfork.js'))) return from;
  const parent = dirname(from);
  if (parent === from)
    throw new Error(`${__dirname} is outside a clone: no directory above contains bin/tuningfork.js`);
  return repositoryRoot(parent);
}
