import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { resolvesToFile } from '../../base/host/path-checks';
import { captureStdout, findExecutable, memoized, type Interpreter } from '../runtimes/interpreter';
import { withBuildLock } from './build-lock';
import type { InstallerOptions } from './recipe';
import { runInstaller } from './run-installer';
import { removeTree } from '../../files/remove-tree';

/**
 * Installs into an environment without pip. `pip`: path that the environment's interpreter runs.
 */
export type PythonInstaller =
  | { readonly kind: 'uv'; readonly path: string }
  | { readonly kind: 'pip'; readonly path: string };

const findUv = memoized(() => findExecutable(['uv']));

/** Prints the directory of an interpreter's pip; fails where it has none. */
const PRINT_PIP_DIRECTORY = 'import os, pip; print(os.path.dirname(pip.__file__))';
/** Since pip 22.3: runs pip without the packages installed beside it. */
const PIP_RUNNER = '__pip-runner__.py';

/** Directory of Debian's pip wheel, which its `venv` uses. */
const DEBIAN_WHEELS = '/usr/share/python-wheels';

/**
 * uv where it is installed; else the interpreter's own pip, else Debian's wheel, else the pip of a
 * shared environment, created at `pipEnvironment` on first use. Null: the host has none of them.
 */
export async function findPythonInstaller(
  interpreter: Interpreter,
  pipEnvironment: string,
  options: InstallerOptions,
): Promise<PythonInstaller | null> {
  const path = await findUv();
  if (path !== null) return { kind: 'uv', path };
  const pip =
    (await interpreterPip(interpreter.path)) ??
    (await debianWheelPip()) ??
    (await bootstrapPip(interpreter, pipEnvironment, options));
  return pip === null ? null : { kind: 'pip', path: pip };
}

/** The interpreter's own pip, where it can run without the packages beside it. */
async function interpreterPip(python: string): Promise<string | null> {
  const directory = await captureStdout(python, ['-I', '-c', PRINT_PIP_DIRECTORY]);
  const runner = directory === null ? null : join(directory, PIP_RUNNER);
  return runner !== null && (await resolvesToFile(runner)) ? runner : null;
}

async function debianWheelPip(): Promise<string | null> {
  const names = await readdir(DEBIAN_WHEELS).catch(() => []);
  const found = names.find((name) => /^pip-.*\.whl$/.test(name));
  return found === undefined ? null : join(DEBIAN_WHEELS, found, 'pip');
}

/** Creates an environment that contains only Python's bundled pip. Takes seconds, once. */
async function bootstrapPip(
  { path }: Interpreter,
  pipEnvironment: string,
  options: InstallerOptions,
): Promise<string | null> {
  const python = join(pipEnvironment, 'bin', 'python');
  return withBuildLock(`${pipEnvironment}.lock`, options.stop, async () => {
    if ((await captureStdout(python, ['-I', '-c', PRINT_PIP_DIRECTORY])) === null) {
      await removeTree(pipEnvironment);
      const venv = { command: path, args: ['-I', '-m', 'venv', pipEnvironment], cwd: '/', writable: [] };
      await runInstaller(venv, { ...options, builds: null }); // of all tenants
    }
    return captureStdout(python, ['-I', '-c', PRINT_PIP_DIRECTORY]);
  });
}
