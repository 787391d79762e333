import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { baseDirectory, memoryDirectory, privateParent } from '../../platform/embedded/base-directory';
import { choosePostgresBinaries, nativeDirectory } from '../../platform/embedded/binaries';
import { choosePostgresUser } from '../../platform/embedded/postgres-user';
import { projectRoot } from '../../platform/base/directories';
import type { IsolationBackend } from '../../platform/base/settings/isolation';
import { settingsFrom } from '../../platform/base/settings/settings';
import type { IsolationMode } from '../../platform/worker/isolation/confinement-spec';
import { VIRTUAL_TIME } from '../banner';
import { selectIsolation } from '../../platform/worker/isolation/select-isolation';
import type { HostFinding } from '../../tools/sandbox/check-host';

const NODE_RANGE = '>=20.19';
const PYTHON_VERSION_SCRIPT =
  'import sys; assert sys.version_info >= (3, 9), sys.version; print(sys.version.split()[0], sys.executable)';

/**
 * Checks this machine. Each program is started: its presence alone would not show that it works.
 */
export const runChecks = async (): Promise<HostFinding[]> => [
  nodeCheck(),
  programCheck('Python 3.9 or newer', ['python3', '-I', '-S', '-c', PYTHON_VERSION_SCRIPT], 'apt-get install python3'),
  programCheck('bash', ['bash', '-c', 'echo "$BASH_VERSION"'], 'apt-get install bash'),
  programCheck(
    'npm',
    ['npm', '--version'],
    'install Node, which includes it: https://nodejs.org, or apt-get install npm',
  ),
  programCheck(
    'sh, grep and sed',
    ['sh', '-c', 'grep -lsF "" /proc/self/stat && sed --version | head -n 1'],
    'apt-get install dash grep sed',
  ),
  check('directory for runs', true, baseDirectory, 'set TMPDIR to a directory that all users can write and enter'),
  memoryCheck(),
  check('user for PostgreSQL', true, postgresUser, 'useradd tuningfork'),
  check(
    'PostgreSQL',
    true,
    postgresVersion,
    'run npm ci in the project; on an unsupported system use up --database-url',
  ),
  binariesCheck(),
  await isolationCheck(),
  ...virtualTime(),
];

/** Only where the settings of this environment turn it on. */
const virtualTime = (): HostFinding[] =>
  settingsFrom(process.env).virtualTime
    ? [{ name: 'time', ok: true, needed: false, found: VIRTUAL_TIME, remedy: null }]
    : [];

function check(name: string, needed: boolean, probe: () => string, remedy: string): HostFinding {
  try {
    return { name, ok: true, needed, found: probe(), remedy: null };
  } catch (error) {
    return { name, ok: false, needed, found: error instanceof Error ? error.message : String(error), remedy };
  }
}

/** Confines a process, as `up` does. */
async function isolationCheck(): Promise<HostFinding> {
  const directory = mkdtempSync(join(baseDirectory(), 'tuningfork-doctor-'));
  try {
    const settings = { ...settingsFrom(process.env), directory, instance: 'doctor', isolation: 'auto' as const };
    const root = projectRoot();
    const finding = await selectIsolation(settings, { program: join(root, 'bin', 'tuningfork.js'), root });
    const common = { name: 'isolation of processes', needed: false };
    if (finding.mode !== null)
      return { ...common, ok: true, found: foundBy(finding.mode, settings.isolationBackend), remedy: null };
    const remedy =
      'apt-get install python3 util-linux, and allow user namespaces; without it, actions can do what this user can';
    return { ...common, ok: false, found: finding.reason ?? '', remedy };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const ISOLATION = { root: 'a user of its own for each tenant', user: 'a user namespace for each attempt' };

const foundBy = (mode: IsolationMode, backend: IsolationBackend): string =>
  `${ISOLATION[mode]}${backend === 'own' ? '' : `, by ${backend}`}`;

function nodeCheck(): HostFinding {
  const ok = satisfies(process.version, NODE_RANGE);
  const remedy = ok ? null : `install Node ${NODE_RANGE}: https://nodejs.org`;
  return { name: 'Node', ok, needed: true, found: process.version, remedy };
}

function programCheck(name: string, [command = '', ...args]: readonly string[], remedy: string): HostFinding {
  const probe = (): string => {
    const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
    if (error) throw error;
    if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1) ?? `${command} ended with ${String(status)}`);
    return stdout.trim().split('\n').at(-1) ?? '';
  };
  return check(name, true, probe, remedy);
}

function memoryCheck(): HostFinding {
  const probe = (): string => {
    const found = memoryDirectory();
    if (found === null) throw new Error('none with 1 GiB free from which programs can be started');
    return found;
  };
  return check('directory in memory', false, probe, 'in docker use --shm-size=2g; without it data is on the disk');
}

function postgresUser(): string {
  const user = choosePostgresUser('/nonexistent');
  return user === null ? 'the current user' : `${user.name} (uid ${user.uid})`;
}

function postgresVersion(): string {
  const scratch = mkdtempSync(join(baseDirectory(), 'tuningfork-doctor-'));
  try {
    chmodSync(scratch, 0o755);
    const directory = process.env.PLATFORM_POSTGRES_DIR || null;
    return choosePostgresBinaries(scratch, choosePostgresUser('/nonexistent'), directory).version;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function binariesCheck(): HostFinding {
  const name = 'binaries in place';
  if (process.getuid?.() !== 0) return { name, ok: true, needed: false, found: 'run by their owner', remedy: null };
  const probe = (): string => {
    const privateDirectory = privateParent(nativeDirectory());
    if (privateDirectory !== null) throw new Error(`other users may not enter ${privateDirectory}`);
    return 'can be entered';
  };
  return check(
    name,
    false,
    probe,
    'clone into a directory that all users can enter; without it each start copies the binaries (0.2 s)',
  );
}
