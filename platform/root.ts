import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's own directory: migrations and the core pack lie in it. Throws where the code was moved away from them. */
export function projectRoot(from: string = __dirname): string {
  if (existsSync(join(from, 'platform', 'store', 'migrations'))) return from;
  const above = dirname(from);
  if (above === from)
    throw new Error(`${__dirname} is not inside a tuningfork project: platform/store/migrations not found`);
  return projectRoot(above);
}
