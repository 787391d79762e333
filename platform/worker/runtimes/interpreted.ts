import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { environmentsOf } from '../surroundings';
import { ask, find, once, type Interpreter } from './interpreter';
import { packFile } from './pack-file';
import { NotRunnable, type Runtime } from './runtime';

interface Kind {
  readonly name: string;
  readonly extensions: readonly string[];
  readonly programs: readonly string[];
  /** What comes before the file on the command line. */
  readonly args?: readonly string[];
  /** Prints something that holds the version. */
  readonly versionArgs: readonly string[];
  /** A file beside the program's directory that holds it too, for programs that are slow to say so. */
  readonly versionFile?: string;
  /** Variable that names where the interpreter keeps what it compiles: of one tenant only. */
  readonly cache?: string;
}

/** Kinds of programs that need nothing but their interpreter: no environment, no packages. */
const KINDS: readonly Kind[] = [
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
    cache: 'GOCACHE',
  },
  { name: 'java', extensions: ['.java'], programs: ['java'], versionArgs: ['--version'], versionFile: 'release' },
];

const VERSION = /\d+\.\d+(\.\d+)?/;

export const interpreted: readonly Runtime[] = KINDS.map((kind) => {
  const { name, extensions, args = [], cache } = kind;
  const found = once(() => look(kind));
  return {
    name,
    extensions,
    version: async () => (await found())?.version ?? null,
    plan: async ({ attempt, surroundings }) => {
      const interpreter = await found();
      if (interpreter === null)
        throw new NotRunnable(`${name} is not available: looked in PATH ${process.env.PATH ?? ''}`);
      const file = await packFile(attempt);
      const set = cache === undefined ? {} : { [cache]: join(environmentsOf(surroundings, attempt), `.${name}`) };
      return {
        kind: 'program',
        command: interpreter.path,
        args: [...args, file],
        variables: { set },
        input: 'parameters',
      };
    },
  };
});

async function look({ programs, versionArgs, versionFile }: Kind): Promise<Interpreter | null> {
  const path = await find(programs);
  if (path === null) return null;
  const said = (versionFile && (await beside(path, versionFile))) ?? (await ask(path, versionArgs));
  const version = VERSION.exec(said ?? '')?.[0];
  return version === undefined ? null : { path, version: /\..*\./.test(version) ? version : `${version}.0` };
}

/** `<home>/bin/java` → `<home>/release`; null where there is none. */
async function beside(path: string, name: string): Promise<string | null> {
  const home = dirname(dirname(await realpath(path)));
  return readFile(join(home, name), 'utf8').catch(() => null);
}
