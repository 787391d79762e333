import { accessSync, constants } from 'node:fs';
import type { Env } from '../../contract/environment';
import { ApiError } from '../errors';
import { logIn, type Client } from '../client/client';
import { OWN_PINS, type PythonPins } from '../fixtures/python-source';
import type { Declarations } from './declarations';
import type { RunningPlatform } from '../../contract/platform-file';
import { readPlatformFile } from './platform-file';
import { platformUrl } from './platform-url';
import { requireInstance } from './require-instance';
import { reachPlatform } from './start/reach-platform';
import { describeLogText } from '../scenario/evidence/platform-log';
import { spawnSuitePlatform, type SuitePlatform } from './start/spawn-suite-platform';
import { TargetError } from './target-error';
import { readDeclarations } from './target-file';

/** A platform that responds, and how to release it. */
export interface Target {
  kind: 'started' | 'attached';
  name: string;
  declarations: Declarations;
  url: string;
  token: string;
  /**
   * Its own directory, which is removed with it; null: not accessible from this host.
   */
  directory: string | null;
  /** A directory in which its actions can write; null: use the system's temporary directory. */
  sharedDirectory: string | null;
  /** File with its log; null: not accessible from this host. */
  log: string | null;
  /** Database URL of the schema's owner; null: the harness has no access. */
  databaseUrl: string | null;
  /**
   * Known capabilities of the harness on this target; the probes decide about the others.
   * `host.files`: its files are readable here; `target.exclusive`: only this run uses it;
   * `process`: platforms like it can be started and killed here.
   */
  harnessCapabilities: Record<string, boolean>;
  /** Address of this host for servers of the tests, to which the target's actions may connect. */
  mockHost: string;
  /** The packages that Python packs pin. */
  python: Promise<PythonPins>;
  /** Packs contain their packages: the target was not started with the suite's source. */
  vendored: boolean;
  /** How the platform ended; null while it runs. */
  exitReason(): string | null;
  release(): Promise<void>;
}

/** The target file of a platform that the suite starts. */
export const STARTED_NAME = 'embedded';
const DEFAULT_ATTACHED_NAME = 'attached';
/** The target file of a platform that `up` runs. */
const upName = ({ virtual_time: isVirtual }: RunningPlatform): string => (isVirtual ? 'up-virtual-time' : 'up');
const LOOPBACK = '127.0.0.1';
const REACH_TIMEOUT_MS = 10_000;
const DEFAULT_LOGIN = 'test@attune.local';
const DEFAULT_PASSWORD = 'TestPass123!';

/**
 * Attaches to PLATFORM_URL (alias ATTUNE_API_URL) if set, else to the platform of PLATFORM_FILE,
 * else starts one with `start`. Attaching never falls back to starting. Throws TargetError.
 */
export async function obtainTarget(env: Env, start: () => Promise<Target> = startTarget): Promise<Target> {
  const running = readPlatformFile(env);
  const address = env.PLATFORM_URL || env.ATTUNE_API_URL || running?.url;
  return address ? attachTarget(address, running, env) : start();
}

/** Starts a platform, with the sources of packages that it needs. Throws TargetError. */
const startTarget = async (): Promise<Target> => useSuitePlatform(await spawnSuitePlatform());

/** Waits until the platform responds. Throws TargetError. */
export async function useSuitePlatform({ starting, source, pins, mockHost }: SuitePlatform): Promise<Target> {
  try {
    const declarations = readDeclarations(STARTED_NAME); // while the platform starts
    const platform = await starting;
    const { url, login, password, directory } = platform.running;
    return {
      kind: 'started',
      name: STARTED_NAME,
      declarations,
      url,
      token: (await logInForTests(url, login, password, 'with the password that it printed')).token,
      directory,
      sharedDirectory: platform.running.shared_directory,
      log: platform.log,
      databaseUrl: platform.running.database_url,
      harnessCapabilities: {
        'ledger.shared': true,
        'host.processes': true,
        'host.files': true,
        'target.exclusive': true,
        sql: true,
        'packages.offline': true,
        'mocks.allowed': true,
        process: true,
      },
      mockHost,
      python: pins,
      vendored: false,
      exitReason: () => {
        const exit = platform.exitReason();
        if (exit === null) return null;
        return `TARGET_ENDED: the platform ended during the run (${exit}):\n${describeLogText(platform.tail())}`;
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

/** Each variable overrides what `running` contains. */
async function attachTarget(address: string, running: RunningPlatform | null, env: Env): Promise<Target> {
  const url = platformUrl(address);
  const name = env.E2E_TARGET_NAME ?? (running ? upName(running) : DEFAULT_ATTACHED_NAME);
  const declarations = readDeclarations(name);
  await reachPlatform(url, REACH_TIMEOUT_MS);
  await requireInstance(url, env, running);
  const login = env.TEST_USER_LOGIN ?? running?.login ?? DEFAULT_LOGIN;
  const password = env.TEST_USER_PASSWORD ?? running?.password ?? DEFAULT_PASSWORD;
  const directory = running !== null && isWritable(running.directory) ? running.directory : null;
  const { client, token } = await logInForTests(url, login, password, loginSettings(env));
  return {
    kind: 'attached',
    name,
    declarations,
    url,
    token,
    directory,
    sharedDirectory: directory === null ? await declaredSharedPath(client) : running!.shared_directory,
    log: null,
    databaseUrl: env.DATABASE_URL || (running?.database_url ?? null),
    harnessCapabilities: directory === null ? {} : { 'host.files': true },
    mockHost: LOOPBACK,
    python: Promise.resolve(OWN_PINS),
    vendored: true,
    exitReason: () => null,
    release: () => Promise.resolve(),
  };
}

/** The first directory that confined actions share with their host, if this is that host. */
async function declaredSharedPath(client: Client): Promise<string | null> {
  const manifest = await client.capabilities.getOrNull();
  const isolation = manifest?.capabilities['isolation.process'];
  const paths = typeof isolation === 'object' && Array.isArray(isolation.shared_paths) ? isolation.shared_paths : [];
  return paths.find((path): path is string => typeof path === 'string' && isWritable(path)) ?? null;
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** `settings`: where the login and the password come from. Throws TargetError. */
async function logInForTests(url: string, login: string, password: string, settings: string): ReturnType<typeof logIn> {
  try {
    return await logIn({ baseUrl: url }, login, password);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status !== 401)
      throw new TargetError(`TARGET_UNUSABLE: login as ${login} at ${url} failed: ${error.message}`);
    throw new TargetError(`TARGET_AUTH_FAILED: login as ${login} at ${url} returned 401; ${settings}`);
  }
}

const LOGIN_SETTINGS = ['TEST_USER_LOGIN', 'TEST_USER_PASSWORD', 'PLATFORM_FILE'];

/** Names of the settings that were read, and of those that are missing. */
function loginSettings(env: Env): string {
  const read = LOGIN_SETTINGS.filter((name) => env[name]);
  const missing = LOGIN_SETTINGS.filter((name) => !env[name]);
  return [...(read.length > 0 ? [`read ${read.join(', ')}`] : []), `missing ${missing.join(', ') || 'none'}`].join(
    '; ',
  );
}
