import { rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readTextIfPresent } from '../../tools/sandbox/read-if-present';
import { readManifest } from '../../tools/sandbox/manifest/read-manifest';
import { usageError } from '../failures';
import { repositoryPath } from './repository-path';

/** Below the root of the repository. */
const PROGRAM = 'e2e/run-on-host.cjs';
const EXECUTABLE = 0o755;
const MARK = '// Written by `npx tuningfork sandbox eject`: write it again instead of changing it.';

/** This project, whose code is written. */
export interface EjectedProject {
  readonly root: string;
  readonly version: string;
}

/**
 * Writes the program that does in a clone what `sandbox on-host` does, without this project.
 * Throws ManifestError, and CommandError where the file is one of another origin.
 */
export async function sandboxEject(
  repository: string,
  { json }: { json?: true },
  project: EjectedProject,
): Promise<void> {
  const root = await repositoryPath(repository);
  await readManifest(root);
  const path = join(root, PROGRAM);
  const current = readTextIfPresent(path);
  if (current !== null && !current.includes(MARK))
    throw usageError(`EJECT_FILE_EXISTS: ${path} was not written by eject: rename it`);
  const text = await bundleProgram(project);
  const changed = current !== text;
  if (changed) {
    await writeFile(`${path}.new`, text, { mode: EXECUTABLE });
    await rename(`${path}.new`, path);
  }
  const line = `${relative('', path)} ${changed ? 'written: run it with node, in a clone with an upstream' : 'is as it would be written'}`;
  process.stdout.write(json ? `${JSON.stringify({ file: path, changed })}\n` : `${line}\n`);
}

/** With all packages that it uses. */
async function bundleProgram({ root, version }: EjectedProject): Promise<string> {
  const { build, stop } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['cli/sandbox/ejected.ts'],
    bundle: true,
    write: false,
    minifySyntax: true,
    logLevel: 'silent',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    banner: { js: `#!/usr/bin/env node\n${MARK}\n// tuningfork ${version}` },
  });
  await stop(); // otherwise its process would run until this one exits
  return outputFiles[0]!.text;
}
