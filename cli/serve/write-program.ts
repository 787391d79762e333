import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CODE_ENCODING } from '../../bin/kept-script';
import { requestProgramOf } from '../../bin/request-program';
import type { LaunchOptions } from '../launch-options';

/**
 * Confined programs can read its directory, and no other one below `parent`. It does not change
 * with the sources while the platform runs.
 */
export function writeProgram(parent: string, { root, bundle }: Pick<LaunchOptions, 'root' | 'bundle'>): string {
  const path = join(parent, 'program', 'tuningfork.cjs');
  mkdirSync(dirname(path));
  copyFileSync(join(root, 'bin/process-program.js'), path);
  for (const name of ['load-program.js', 'kept-script.js'])
    copyFileSync(join(root, 'bin', name), join(dirname(path), name));
  writeFileSync(join(dirname(path), 'bundle.cjs'), bundle, CODE_ENCODING);
  writeFileSync(join(dirname(path), 'http-request.cjs'), requestProgramOf(bundle));
  return path;
}
