import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requestProgramOf } from '../bin/request-program';
import type { LaunchOptions } from './launch-options';

/**
 * Confined programs can read its directory, and no other one below `parent`. It does not change
 * with the sources while the platform runs.
 */
export function writeProgram(parent: string, { root, bundle }: Pick<LaunchOptions, 'root' | 'bundle'>): string {
  const path = join(parent, 'program', 'tuningfork.cjs');
  mkdirSync(dirname(path));
  copyFileSync(join(root, 'bin/process-program.js'), path);
  copyFileSync(join(root, 'bin/load-program.js'), join(dirname(path), 'load-program.js'));
  writeFileSync(join(dirname(path), 'bundle.cjs'), bundle);
  writeFileSync(join(dirname(path), 'http-request.cjs'), requestProgramOf(bundle));
  return path;
}
