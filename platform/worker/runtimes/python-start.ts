import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../../base/error-details';

/** Modules that Python imports when it starts. */
const CUSTOMIZATION = /^(site|user)customize\b/;
const IMPORT_LINE = /^import[ \t]/m;

/**
 * Whether Python, when it starts, runs code of the pack's library or of installed packages: it
 * then reads variables of its program, and cannot be started before these are known. `python`:
 * the path of an environment's interpreter.
 */
export const runsPackageCodeAtStart = (python: string, library: string): boolean =>
  [library, ...sitePackages(dirname(dirname(python)))].some((directory) =>
    list(directory).some((name) => CUSTOMIZATION.test(name) || isPathFileWithImports(directory, name)),
  );

const sitePackages = (environment: string): string[] =>
  list(join(environment, 'lib'))
    .filter((name) => name.startsWith('python'))
    .map((name) => join(environment, 'lib', name, 'site-packages'));

const isPathFileWithImports = (directory: string, name: string): boolean =>
  name.endsWith('.pth') && IMPORT_LINE.test(readFileSync(join(directory, name), 'utf8'));

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
