import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isFile } from '../runtimes/pack-file';
import { ask, find, once, type Interpreter } from '../runtimes/interpreter';
import { underLock } from './build-lock';
import type { Installation } from './recipe';
import { runInstaller } from './run-installer';

/** What installs into an environment that has no pip of its own. `pip`: what the environment's interpreter is to run. */
export type PythonInstaller =
  { readonly kind: 'uv'; readonly path: string } | { readonly kind: 'pip'; readonly path: string };

const uv = once(() => find(['uv']));

/** Prints where the pip of an interpreter lies; fails where it has none. */
const WHERE = 'import os, pip; print(os.path.dirname(pip.__file__))';
/** Since pip 22.3: runs it without the packages that lie beside it. */
const RUNNER = '__pip-runner__.py';

/** Debian keeps pip here for its own `venv`. */
const WHEELS = '/usr/share/python-wheels';

/**
 * uv where there is one; else the interpreter's own pip, run from where it lies; else the one pip of an environment that
 * all share, made at `home` when first needed. Null: this host has none of them.
 */
export async function pythonInstaller(
  interpreter: Interpreter,
  home: string,
  installation: Installation,
): Promise<PythonInstaller | null> {
  const path = await uv();
  if (path !== null) return { kind: 'uv', path };
  const pip =
    (await pipOf(interpreter.path)) ?? (await wheel()) ?? (await bootstrapped(interpreter, home, installation));
  return pip === null ? null : { kind: 'pip', path: pip };
}

/** The interpreter's own pip, where it can be run apart from its neighbours. */
async function pipOf(python: string): Promise<string | null> {
  const directory = await ask(python, ['-I', '-c', WHERE]);
  const runner = directory === null ? null : join(directory, RUNNER);
  return runner !== null && (await isFile(runner)) ? runner : null;
}

async function wheel(): Promise<string | null> {
  const names = await readdir(WHEELS).catch(() => []);
  const found = names.find((name) => /^pip-.*\.whl$/.test(name));
  return found === undefined ? null : join(WHEELS, found, 'pip');
}

/** An environment with the pip that Python brings along, and nothing else in it. Takes seconds, once. */
async function bootstrapped({ path }: Interpreter, home: string, installation: Installation): Promise<string | null> {
  const python = join(home, 'bin', 'python');
  return underLock(`${home}.lock`, installation.stop, async () => {
    if ((await ask(python, ['-I', '-c', WHERE])) === null) {
      await rm(home, { recursive: true, force: true });
      await runInstaller({ command: path, args: ['-I', '-m', 'venv', home], cwd: '/' }, installation);
    }
    return ask(python, ['-I', '-c', WHERE]);
  });
}
