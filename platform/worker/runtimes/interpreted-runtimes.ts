import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { environmentsDirectory } from '../../directories';
import { captureStdout, findExecutable, memoized, missingInterpreter, type Interpreter } from './interpreter';
import { resolvePackFile } from './pack-file';
import type { ProgramRuntime } from './runtime';

interface InterpreterKind {
  readonly name: string;
  readonly extensions: readonly string[];
  readonly programs: readonly string[];
  /** Arguments before the file. */
  readonly args?: readonly string[];
  /** Arguments that make it print a text with its version. */
  readonly versionArgs: readonly string[];
  /**
   * A file beside the program's directory with the version, for programs that are slow to print
   * it.
   */
  readonly versionFile?: string;
  /** Variable for the directory of compiled files: one per tenant. */
  readonly cacheVariable?: string;
}

/** Runtimes that need only their interpreter: no environment, no packages. */
const INTERPRETER_KINDS: readonly InterpreterKind[] = [
  { name: 'perl', extensions: ['.pl'], programs: ['perl'], versionArgs: ['-e', 'printf "%vd", $^V'] },
  { name: 'ruby', extensions: ['.rb'], programs: ['ruby'], versionArgs: ['-e', 'print RUBY_VERSION'] },
  { name: 'r', extensions: ['.r', '.R'], programs: ['Rscript'], versionArgs: ['--version'] },
  {
    name: 'go',
    extensions: ['.go'],
    programs: ['go'],
    args: ['run'],
    versionArgs: ['version'],
    versionFile: 'VERSION',
    cacheVariable: 'GOCACHE',
  },
  { name: 'java', extensions: ['.java'], programs: ['java'], versionArgs: ['--version'], versionFile: 'release' },
];

const VERSION_PATTERN = /\d+\.\d+(\.\d+)?/;

export const interpretedRuntimes: readonly ProgramRuntime[] = INTERPRETER_KINDS.map((kind) => {
  const { name, extensions, args = [], cacheVariable } = kind;
  const findOnce = memoized(() => findInterpreter(kind));
  return {
    name,
    extensions,
    detectVersion: async () => (await findOnce())?.version ?? null,
    plan: async ({ attempt, workerContext }) => {
      const interpreter = await findOnce();
      if (interpreter === null) throw missingInterpreter(name);
      const file = await resolvePackFile(attempt);
      const cacheVariables =
        cacheVariable === undefined
          ? {}
          : { [cacheVariable]: join(environmentsDirectory(workerContext, attempt), `.${name}`) };
      return {
        kind: 'program',
        command: interpreter.path,
        args: [...args, file],
        variables: { set: cacheVariables },
        input: 'parameters',
      };
    },
  };
});

async function findInterpreter({ programs, versionArgs, versionFile }: InterpreterKind): Promise<Interpreter | null> {
  const path = await findExecutable(programs);
  if (path === null) return null;
  const versionText =
    (versionFile && (await readVersionFile(path, versionFile))) ?? (await captureStdout(path, versionArgs));
  const version = VERSION_PATTERN.exec(versionText ?? '')?.[0];
  return version === undefined ? null : { path, version: /\..*\./.test(version) ? version : `${version}.0` };
}

/** `<home>/bin/java` → contents of `<home>/release`; null where there is none. */
async function readVersionFile(path: string, name: string): Promise<string | null> {
  const home = dirname(dirname(await realpath(path)));
  return readFile(join(home, name), 'utf8').catch(() => null);
}
