import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

const FILE = '.env';
/** Variables of a platform and of its database. */
const PLATFORM_VARIABLE = /^(DATABASE_URL$|PG[A-Z]+$|PLATFORM_|ATTUNE_)/;

/**
 * A line about the environment file of this directory, if it contains settings of a platform: it
 * is not read, so that no file of another program names a database. Names without values.
 */
export function ignoredFileLine(directory: string): string | null {
  const path = join(directory, FILE);
  if (!isReadableFile(path)) return null;
  const names = Object.keys(parseEnv(readFileSync(path, 'utf8'))).filter((name) => PLATFORM_VARIABLE.test(name));
  if (names.length === 0) return null;
  return `${path} is ignored: it sets ${names.join(', ')}; settings come from the command line and the environment`;
}

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false; // it is ignored in any case
  }
}
