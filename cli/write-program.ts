import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LaunchOptions } from './launch-options';

/** Confined programs can read its directory, and no other one below `parent`. */
export function writeProgram(parent: string, bundle: LaunchOptions['bundle']): string {
  const path = join(parent, 'program', 'tuningfork.cjs');
  mkdirSync(dirname(path));
  writeFileSync(path, bundle);
  return path;
}
