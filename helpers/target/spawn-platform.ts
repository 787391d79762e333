import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { repositoryRoot } from '../repository-root';

const REPOSITORY_ROOT = repositoryRoot();

/**
 * Variables of npm, Jest and the outer environment that would override the platform's settings.
 */
const isOverridingVariable = (name: string): boolean =>
  /^(npm_|NODE_OPTIONS$|JEST_|DATABASE_URL$|PLATFORM_|ATTUNE_|E2E_)/i.test(name);

/** Sources of packages: the URL of an npm registry, and a directory of wheels. */
export interface PlatformOptions {
  npm: string;
  python: string;
  /** The one loopback address that actions may connect to; undefined: none. */
  mockHost?: string;
  /** Other settings than those of a run of the suite. */
  settings?: Readonly<Record<string, string>>;
}

/**
 * Port of `mockHost` that the platform sends DNS queries to. Only a test that starts a DNS server
 * there responds.
 */
export const MOCK_DNS_PORT = 5_300;

/** From the spawn to the claims takes 5 to 15 s. */
const SECONDS_BEFORE_MINUTE = 20;

/** How far the platform's clock must be ahead for its next full minute to come after that, s. */
export const secondsAhead = (hostNowMs: number): number =>
  (120 - SECONDS_BEFORE_MINUTE - (Math.floor(hostNowMs / 1_000) % 60)) % 60;

/** Executions that its worker runs at once. */
export const WORKER_SLOTS = 48;

const platformSettings = (options: PlatformOptions): Record<string, string> => ({
  PLATFORM_WORKER_SLOTS: String(WORKER_SLOTS),
  PLATFORM_KILL_GRACE_SECONDS: '0.5',
  PLATFORM_HEARTBEAT_SECONDS: '1',
  PLATFORM_LEASE_SECONDS: '3',
  PLATFORM_SELF_REGISTRATION: 'on',
  PLATFORM_CLOCK_OFFSET_SECONDS: String(secondsAhead(Date.now())),
  PLATFORM_NPM_REGISTRY: options.npm,
  PLATFORM_PYTHON_INDEX: options.python,
  ...(options.mockHost !== undefined && {
    PLATFORM_EGRESS_ALLOW: `${options.mockHost}:*`,
    PLATFORM_EGRESS_DNS: `${options.mockHost}:${MOCK_DNS_PORT}`,
  }),
  ...options.settings,
});

/** Its standard input is a pipe that the platform watches. */
export type PlatformProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Spawns the platform in a process group of its own, so that Ctrl-C reaches only Jest. The
 * platform shuts down when the pipe to Jest closes, however Jest ends.
 */
export function spawnPlatform(options: PlatformOptions): PlatformProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !isOverridingVariable(name));
  return spawn(
    process.execPath,
    [join(REPOSITORY_ROOT, 'bin/tuningfork.js'), 'up', '--json', '--exit-with-stdin', '--port', '0'],
    {
      cwd: REPOSITORY_ROOT,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(inherited), ...platformSettings(options) },
    },
  );
}
