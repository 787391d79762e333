import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { repositoryRoot } from '../../repository-root';

const REPOSITORY_ROOT = repositoryRoot();

/**
 * Variables of npm, Jest and the outer environment that would override the platform's settings.
 */
const isOverridingVariable = (name: string): boolean =>
  /^(npm_|NODE_OPTIONS$|NODE_PATH$|JEST_|DATABASE_URL$|PLATFORM_|ATTUNE_|E2E_)/i.test(name);

/** The environment without them. */
export const inheritedVariables = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOverridingVariable(name)));

/** A copy of the project whose platform is started. */
export interface PlatformSource {
  /** Path of its launcher. */
  readonly launcher: string;
  readonly directory: string;
}

const THIS_PROJECT: PlatformSource = {
  launcher: join(REPOSITORY_ROOT, 'bin/tuningfork.js'),
  directory: REPOSITORY_ROOT,
};

/** Its standard input is a pipe that the platform watches. */
export type PlatformProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** Those that this process has started, and that have not ended. */
export const ownPlatforms = new Set<number>();

/** `PLATFORM_…` variables. */
export type PlatformSettings = Readonly<Record<string, string>>;

/** What still runs at the end of a test has no caller that waits for it. */
const TEMPORARY = { PLATFORM_SHUTDOWN_GRACE_SECONDS: '0.5' };

/**
 * Spawns the platform in a process group of its own, so that Ctrl-C reaches only this process. The
 * platform shuts down when the pipe to this process closes, however it ends.
 */
export function spawnPlatform(
  settings: PlatformSettings,
  args: readonly string[] = [],
  { launcher, directory }: PlatformSource = THIS_PROJECT,
): PlatformProcess {
  const command = [launcher, 'up', '--json', '--exit-with-stdin', '--port', '0', ...args];
  const child = spawn(process.execPath, command, {
    cwd: directory,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...inheritedVariables(), ...TEMPORARY, ...settings },
  });
  const { pid } = child;
  if (pid !== undefined) {
    ownPlatforms.add(pid);
    child.once('exit', () => ownPlatforms.delete(pid));
  }
  return child;
}
