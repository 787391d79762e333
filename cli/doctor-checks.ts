import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { baseDirectory, memoryDirectory, privateParent } from '../platform/embedded/base-directory';
import { nativeDirectory, usableBinaries } from '../platform/embedded/binaries';
import { plainUser } from '../platform/embedded/plain-user';

/** One thing a platform stands on. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** Without it nothing runs; the others only make it slower. */
  readonly needed: boolean;
  readonly found: string;
  /** How to get it, null when it is there. */
  readonly remedy: string | null;
}

const NODE_WANTED = '>=20.19';
const PYTHON_SAYS =
  'import sys; assert sys.version_info >= (3, 9), sys.version; print(sys.version.split()[0], sys.executable)';

/** Looks at this machine; starts the programs rather than asking whether they exist. */
export const examine = (): Finding[] => [
  nodeVersion(),
  program('Python 3.9 or newer', ['python3', '-I', '-S', '-c', PYTHON_SAYS], 'apt-get install python3'),
  program('bash', ['bash', '-c', 'echo "$BASH_VERSION"'], 'apt-get install bash'),
  program('npm', ['npm', '--version'], 'it comes with Node: https://nodejs.org, or apt-get install npm'),
  program(
    'sh, grep and sed',
    ['sh', '-c', 'grep -lsF "" /proc/self/stat && sed --version | head -n 1'],
    'apt-get install dash grep sed',
  ),
  finding('folder for runs', true, baseDirectory, 'set TMPDIR to a folder that can be written and entered by all'),
  memory(),
  finding('user for PostgreSQL', true, userForPostgres, 'useradd tuningfork'),
  finding('PostgreSQL', true, postgresVersion, 'npm ci in the project; for another system: up --database-url'),
  binariesInPlace(),
];

function finding(name: string, needed: boolean, look: () => string, remedy: string): Finding {
  try {
    return { name, ok: true, needed, found: look(), remedy: null };
  } catch (error) {
    return { name, ok: false, needed, found: error instanceof Error ? error.message : String(error), remedy };
  }
}

function nodeVersion(): Finding {
  const ok = satisfies(process.version, NODE_WANTED);
  const remedy = ok ? null : `install Node ${NODE_WANTED}: https://nodejs.org`;
  return { name: 'Node', ok, needed: true, found: process.version, remedy };
}

function program(name: string, [command = '', ...args]: readonly string[], remedy: string): Finding {
  const look = (): string => {
    const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
    if (error) throw error;
    if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1) ?? `${command} ended with ${String(status)}`);
    return stdout.trim().split('\n').at(-1) ?? '';
  };
  return finding(name, true, look, remedy);
}

function memory(): Finding {
  const look = (): string => {
    const found = memoryDirectory();
    if (found === null) throw new Error('none with 1 GiB free that may hold programs');
    return found;
  };
  return finding('memory-backed folder', false, look, 'docker: --shm-size=2g; until then data lies on the disk');
}

function userForPostgres(): string {
  const user = plainUser('/nonexistent');
  return user === null ? 'the one that runs this' : `${user.name} (uid ${user.uid})`;
}

function postgresVersion(): string {
  const scratch = mkdtempSync(join(baseDirectory(), 'tuningfork-doctor-'));
  try {
    chmodSync(scratch, 0o755);
    return usableBinaries(scratch, plainUser('/nonexistent')).version;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function binariesInPlace(): Finding {
  const name = 'PostgreSQL where it lies';
  if (process.getuid?.() !== 0) return { name, ok: true, needed: false, found: 'run as their owner', remedy: null };
  const look = (): string => {
    const closed = privateParent(nativeDirectory());
    if (closed !== null) throw new Error(`other users may not enter ${closed}`);
    return 'can be entered';
  };
  return finding(
    name,
    false,
    look,
    'clone into a folder open to others; until then binaries are copied at each start (0.2 s)',
  );
}
