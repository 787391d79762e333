import { spawnSync } from 'node:child_process';
import { ISOLATION_BACKENDS, type IsolationBackend } from '../../../platform/base/settings/isolation';

/** What each confinement needs of it: the newest of these options is of version 0.8. */
const TRY = ['--unshare-user', '--disable-userns', '--unshare-pid', '--ro-bind', '/', '/', '/bin/sh', '-c'];
const FIND = spawnSync('bwrap', [...TRY, 'command -v bwrap'], { encoding: 'utf8' });

/** Path of bubblewrap on this host; null: it does not work, and tests that need it are skipped. */
const BUBBLEWRAP: string | null = FIND.status === 0 ? FIND.stdout.trim() : null;

const isAvailable = (backend: IsolationBackend): boolean => backend === 'own' || BUBBLEWRAP !== null;

/** What makes confinements on this host. */
export const AVAILABLE_BACKENDS = ISOLATION_BACKENDS.filter(isAvailable);

/** Of `createIsolation`. */
export const bubblewrapOf = (backend: IsolationBackend): string | null => (backend === 'bwrap' ? BUBBLEWRAP : null);

let current: IsolationBackend = 'own';

/** That of the test which runs. */
export const currentBackend = (): IsolationBackend => current;

const within =
  <Arguments extends unknown[]>(backend: IsolationBackend, body: (...args: Arguments) => unknown) =>
  (...args: Arguments) => {
    current = backend;
    return body(...args) as Promise<void>;
  };

const titleOf = (title: string, backend: IsolationBackend): string =>
  backend === 'own' ? title : `${title} [${backend}]`;

const testOf = (backend: IsolationBackend): jest.It => (isAvailable(backend) ? test : test.skip);

function declare(title: string, body: () => unknown): void {
  for (const backend of ISOLATION_BACKENDS) testOf(backend)(titleOf(title, backend), within(backend, body));
}

interface DeclareEach {
  <Row extends readonly [unknown, ...unknown[]]>(
    cases: readonly Row[],
  ): (title: string, body: (...args: Mutable<Row>) => unknown) => void;
  <Case>(cases: readonly Case[]): (title: string, body: (each: Case) => unknown) => void;
}
type Mutable<Row extends readonly unknown[]> = [...Row];

const declareEach: DeclareEach =
  (cases: readonly unknown[]) => (title: string, body: (...args: never[]) => unknown) => {
    for (const backend of ISOLATION_BACKENDS)
      testOf(backend).each(cases)(titleOf(title, backend), within(backend, body as (...args: unknown[]) => unknown));
  };

/** `test` for each backend: those that this host does not have are skipped. */
export const backendTest = Object.assign(declare, { each: declareEach, skip: test.skip });
