import { randomInt } from 'node:crypto';
import waitOn from 'wait-on';
import { ApiError, messageOf } from './errors';
import { logIn } from './client/client';
import { startPackageSource } from './package-source';
import { openPythonSource, type PythonPins } from './python-source';
import { startPlatform } from './started-platform';
import { TargetError } from './target-error';

type Env = Readonly<Record<string, string | undefined>>;

/** A platform that answers, and the way back. */
export interface Target {
  kind: 'started' | 'attached';
  name: string;
  url: string;
  token: string;
  /** Where files may lie that its processes reach, and that go when it goes; null: the system's temporary directory. */
  directory: string | null;
  /** The owner's way to its database; null: the harness has none. */
  databaseUrl: string | null;
  /** What only the harness can know of it. Null: the probes decide. */
  harness: Record<string, boolean> | null;
  /** Address of this host that the tests' own servers listen on, and that the target may ask for actions. */
  mockHost: string;
  /** What Python packs are installed from; null: the target's own affair. */
  python: Promise<PythonPins> | null;
  /** Why it is not there any more; null while it is. */
  ended(): string | null;
  release(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const REACH_MS = 10_000;
const DEFAULT_LOGIN = 'test@attune.local';
const DEFAULT_PASSWORD = 'TestPass123!';

/** PLATFORM_URL (alias ATTUNE_API_URL) attaches, and never falls back to starting. Throws TargetError. */
export async function obtainTarget(env: Env): Promise<Target> {
  const address = env.PLATFORM_URL ?? env.ATTUNE_API_URL;
  return address ? attach(address, env) : start();
}

async function start(): Promise<Target> {
  const source = await startPackageSource();
  try {
    const python = openPythonSource();
    const mockHost = anyLoopback();
    const platform = await startPlatform({ npm: source.url, python: python.directory, mockHost });
    const { url, login, password, directory, database_url: databaseUrl } = platform.banner;
    return {
      kind: 'started',
      name: 'embedded',
      url,
      token: await tokenFor(url, login, password),
      directory,
      databaseUrl,
      harness: {
        'ledger.shared': true,
        'host.processes': true,
        sql: true,
        'packages.offline': true,
        'mocks.allowed': true,
      },
      mockHost,
      python: python.pins,
      ended: () => {
        const how = platform.ended();
        return how === null ? null : `the platform ended during the run (${how}):\n${platform.tail()}`;
      },
      release: async () => {
        await platform.stop();
        await source.close();
      },
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Another one for each run: where two of them run at once, neither opens a way to the other's servers. */
const anyLoopback = (): string => ['127', ...Array.from({ length: 3 }, () => String(randomInt(1, 255)))].join('.');

async function attach(address: string, env: Env): Promise<Target> {
  const url = address.replace(/\/+$/, '');
  if (!URL.canParse(url)) throw new TargetError(`PLATFORM_URL=${address} is no URL: give http://host:port`);
  const resource = `${url.replace(/^(https?):/, '$1-get:')}/health`;
  try {
    await waitOn({ resources: [resource], timeout: REACH_MS, interval: 250, tcpTimeout: 2_000, proxy: false });
  } catch (error) {
    throw new TargetError(`no platform answers at ${url}/health within ${REACH_MS / 1_000} s (${messageOf(error)})`);
  }
  return {
    kind: 'attached',
    name: env.E2E_TARGET_NAME ?? 'attached',
    url,
    token: await tokenFor(url, env.TEST_USER_LOGIN ?? DEFAULT_LOGIN, env.TEST_USER_PASSWORD ?? DEFAULT_PASSWORD),
    directory: null,
    databaseUrl: env.DATABASE_URL || null,
    harness: null,
    mockHost: LOOPBACK,
    python: null,
    ended: () => null,
    release: () => Promise.resolve(),
  };
}

async function tokenFor(url: string, login: string, password: string): Promise<string> {
  try {
    return (await logIn({ baseUrl: url }, login, password)).token;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new TargetError(`log-in as ${login} at ${url} was refused: ${error.message}`);
  }
}
