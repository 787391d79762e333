import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { oneOf } from '../contract/json';
import { OWN_PACKAGES, STAND_INS } from './python-packages';
import { repositoryRoot } from './root';
import { moduleOf, wheelName, wheelOf } from './wheel';

/** A package that a fixture pack pins, under the names it goes by. */
const Pin = Type.Object({
  /** In requirements.txt. */
  name: Type.String(),
  /** In an import. */
  module: Type.String(),
  version: Type.String(),
});
export type Pin = Static<typeof Pin>;

/** What Python fixtures are installed from, and which packages they use for HTTP and YAML. */
export const PythonPins = Type.Object({ from: oneOf(['index', 'offline']), http: Pin, yaml: Pin });
export type PythonPins = Static<typeof PythonPins>;

/** A directory of wheels, on the disk of this host. */
export interface PythonSource {
  directory: string;
  /** Which packages to use: real ones where a package index answered in time, the suite's own otherwise. Never rejects. */
  pins: Promise<PythonPins>;
}

const REAL: PythonPins = {
  from: 'index',
  http: { name: 'requests', module: 'requests', version: '2.32.5' },
  yaml: { name: 'PyYAML', module: 'yaml', version: '6.0.3' },
};
const pinOf = ({ name, version }: { name: string; version: string }): Pin => ({
  name,
  module: moduleOf(name),
  version,
});
const OWN: PythonPins = { from: 'offline', http: pinOf(STAND_INS.http), yaml: pinOf(STAND_INS.yaml) };

/** How long a package index has for all it is asked for. */
const INDEX_MS = 5_000;
const FETCHING = '.fetching-';
const ABANDONED_MS = 60_000;

/** Inside the clone, where it stays from run to run; elsewhere only where the user cannot write here. */
function openDirectory(): string {
  for (const home of [join(repositoryRoot(), 'node_modules/.cache'), join(tmpdir(), `tuningfork-${userInfo().uid}`)]) {
    try {
      const directory = join(home, 'python-packages');
      mkdirSync(directory, { recursive: true });
      removeAbandoned(directory);
      putOwn(directory);
      return directory;
    } catch (error) {
      if (!['EACCES', 'EROFS', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  throw new Error(
    'there is no place for Python packages: neither this clone nor the temporary directory can be written',
  );
}

/** What a run that was killed had begun to fetch, and no run can still be at. */
function removeAbandoned(directory: string): void {
  for (const name of readdirSync(directory).filter((found) => found.startsWith(FETCHING))) {
    const path = join(directory, name);
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - made > ABANDONED_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** Whole or not at all, and the same bytes from every run. */
function putOwn(directory: string): void {
  for (const own of OWN_PACKAGES) {
    const path = join(directory, wheelName(own));
    const passing = `${path}.${process.pid}`;
    writeFileSync(passing, wheelOf(own));
    renameSync(passing, path);
  }
}

/** Makes the suite's own wheels, and asks for the real packages besides. */
export function openPythonSource(): PythonSource {
  const directory = openDirectory();
  return { directory, pins: fetchReal(directory).then((there) => (there ? REAL : OWN)) };
}

/** Asks pip, as it is configured here, for the real packages and all they need; those of an earlier run will do. */
async function fetchReal(directory: string): Promise<boolean> {
  const tag = await python(['-c', TAG]);
  if (tag === null) return false;
  const { http, yaml } = REAL;
  const done = join(directory, `${tag.trim()}-${http.version}-${yaml.version}.whole`);
  if (existsSync(done)) return true;
  const passing = mkdtempSync(join(directory, FETCHING));
  try {
    const wanted = [http, yaml].map(({ name, version }) => `${name}==${version}`);
    const asked = await python(['-m', 'pip', 'download', ...QUIETLY, '--dest', passing, ...wanted]);
    if (asked === null) return false;
    for (const name of readdirSync(passing)) renameSync(join(passing, name), join(directory, name));
    writeFileSync(done, '');
    return true;
  } finally {
    rmSync(passing, { recursive: true, force: true });
  }
}

/** Which wheels an interpreter takes: its own, its version's, its machine's. */
const TAG =
  'import sys, sysconfig; print("%s-%d%d-%s" % (sys.implementation.name, *sys.version_info[:2], sysconfig.get_platform()))';
const QUIETLY = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '0', '--only-binary', ':all:'];

/** What Python prints; null where it is missing, fails or takes too long. */
const python = (args: readonly string[]): Promise<string | null> =>
  new Promise((resolve) => {
    execFile('python3', args, { timeout: INDEX_MS, killSignal: 'SIGKILL' }, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
