import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The clone's own directory, from its sources and from a bundle of them alike. Throws where there is none above. */
export function repositoryRoot(from: string = __dirname): string {
  if (existsSync(join(from, 'bin', 'tuningfork.js'))) return from;
  const above = dirname(from);
  if (above === from) throw new Error(`${__dirname} is not inside a clone: bin/tuningfork.js not found above`);
  return repositoryRoot(above);
}
