import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { isBelow } from '../copy/is-below';
import type { Manifest } from './manifest';
import { ManifestError, type ManifestProblem } from './manifest-problem';
import { checkManifest, problem, withDefaults } from './parse-manifest';
import type { YamlSource } from './yaml-source';

/** Path of the manifest below the root of a repository. */
const MANIFEST_FILE = 'e2e/e2e.yml';

/** Codes of the system where no file is at the path. */
const ABSENT: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'EISDIR'];

/**
 * Reads the manifest of a repository. Throws ManifestError with every problem. `checkSeconds`: for
 * a check that names no limit.
 */
export async function readManifest(root: string, checkSeconds?: number): Promise<Manifest> {
  const text = await readFile(join(root, MANIFEST_FILE), 'utf8').catch((error: unknown) => {
    if (!ABSENT.includes((error as NodeJS.ErrnoException).code)) throw error;
    return null;
  });
  if (text === null) {
    const expected = 'a file: see docs/sandbox.md for an example';
    throw new ManifestError(MANIFEST_FILE, [{ code: 'MANIFEST_MISSING', path: '', line: 1, column: 1, expected }]);
  }
  const { source, problems } = checkManifest(text, MANIFEST_FILE);
  const all = inFileOrder([...problems, ...(await composeFileProblems(root, source))]);
  if (all.length > 0) throw new ManifestError(MANIFEST_FILE, all);
  return withDefaults(source, checkSeconds);
}

const inFileOrder = (problems: readonly ManifestProblem[]): ManifestProblem[] =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column);

/** What is wrong with the file that the manifest names; nothing where it names none. */
async function composeFileProblems(root: string, source: YamlSource): Promise<ManifestProblem[]> {
  const { compose_file: path } = source.value as { compose_file?: unknown };
  if (typeof path !== 'string' || path === '') return [];
  const expected = await expectedInstead(root, path);
  return expected === null ? [] : [problem(source, 'MANIFEST_COMPOSE_FILE', ['compose_file'], path, expected)];
}

async function expectedInstead(root: string, path: string): Promise<string | null> {
  if (isAbsolute(path)) return 'a path relative to the root of the repository';
  if (!isBelow(root, resolve(root, path))) return 'a path below the root of the repository';
  const target = await realpath(join(root, path)).catch(() => null);
  if (target === null || !(await stat(target)).isFile()) return 'a file that exists';
  return isBelow(await realpath(root), target) ? null : 'a link to a file below the root of the repository';
}
