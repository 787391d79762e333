import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { passOnControllers } from '../base/host/pass-on-controllers';
import { cgroupBase, LIMIT_CONTROLLERS, limitBase } from '../base/host/cgroup-base';
import { baseDirectory } from './base-directory';
import { StartError } from './start-error';
import { WATCHDOG_SCRIPT } from './watchdog-script';

/**
 * Stops all processes of a platform at `stop`, and when the process that holds the platform ends.
 */
export interface Watchdog {
  /**
   * PLATFORM_INSTANCE in the environment of each platform process. The holder must not have it.
   */
  readonly instance: string;
  /**
   * The run directory, created and removed by the watchdog; other users may enter it (mode 711).
   */
  readonly directory: string;
  /** Aborts when the watchdog begins to stop. */
  readonly stopSignal: AbortSignal;
  /** Registers PostgreSQL, or a process group that cannot be found by its environment. */
  guard(kind: 'server' | 'group', pid: number): Promise<void>;
  /** Registers a path to remove with the run directory. */
  removeOnStop(path: string): Promise<void>;
  /**
   * Kills marked processes, stops PostgreSQL, removes the run directory. Rejects with LEFT_BEHIND.
   */
  stop(): Promise<void>;
}

const MAX_RESTARTS = 3;

/**
 * Starts the watchdog: one detached `sh` that outlives this process. Start it before anything
 * else. Throws RUN_DIR_UNUSABLE, WATCHDOG_UNUSABLE.
 */
export async function startWatchdog(base = baseDirectory()): Promise<Watchdog> {
  await passOnControllers(); // before another process takes a group by its path
  const instance = randomBytes(6).toString('hex');
  const directory = join(base, `tuningfork-${instance}`);
  const sentLines: string[] = [];
  const stopController = new AbortController();
  let stopping: Promise<void> | null = null;
  let restarts = 0;
  let shell = await startShell(instance, directory, 'make');

  const replaceOnExit = (watched: WatchdogShell): void => {
    watched.process.once('exit', () => {
      if (stopping !== null || restarts++ >= MAX_RESTARTS) return;
      void replaceShell().catch((error: unknown) => process.emitWarning(String(error)));
    });
  };
  const replaceShell = async (): Promise<void> => {
    shell = await startShell(instance, directory, 'adopt');
    replaceOnExit(shell);
    shell.process.stdin.write(sentLines.join(''));
  };
  const sendLine = (line: string): Promise<void> => {
    sentLines.push(`${line}\n`);
    return new Promise((resolve) => shell.process.stdin.write(`${line}\n`, () => resolve()));
  };
  const stop = async (): Promise<void> => {
    stopController.abort();
    for (let tries = 0; tries < MAX_RESTARTS; tries++) {
      shell.process.ref();
      shell.process.stdin.end();
      const code = await shell.exited;
      if (code === 0) return;
      if (code !== null) throw new StartError('LEFT_BEHIND', `${directory} could not be removed`, 'remove it manually');
      await replaceShell();
    }
  };

  replaceOnExit(shell);
  for (const line of groupLines(instance)) await sendLine(line);
  return {
    instance,
    directory,
    stopSignal: stopController.signal,
    guard: (kind, pid) => sendLine(`${kind} ${pid} ${processStartTime(pid)}`),
    removeOnStop: (path) => sendLine(`trash ${path}`),
    stop: () => (stopping ??= stop()),
  };
}

/** What the script is to know of the workers' control groups. */
function groupLines(instance: string): string[] {
  const groups = cgroupBase(instance);
  const limits = LIMIT_CONTROLLERS.map((controller) => limitBase(instance, controller));
  return [
    ...(groups === null ? [] : [`cgroups ${groups}`]),
    ...limits.flatMap((path) => (path === null ? [] : [`limits ${path}`])),
  ];
}

/** Field 22 of /proc/<pid>/stat, clock ticks since boot: with the pid it identifies a process. */
function processStartTime(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[19]!;
}

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

interface WatchdogShell {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** 0: its work is complete. Null: a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** Starts the script; `make` creates the run directory, `adopt` takes over an existing one. */
async function startShell(instance: string, directory: string, mode: 'make' | 'adopt'): Promise<WatchdogShell> {
  const shell = spawn('sh', ['-c', WATCHDOG_SCRIPT, 'tuningfork-watchdog', instance, directory, mode], {
    cwd: '/',
    detached: true,
    env: { PATH: `${SYSTEM_PATH}:${process.env.PATH ?? ''}`, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  shell.stdin.on('error', () => undefined); // the exit event, not a failed write, replaces a lost watchdog
  const exited = new Promise<number | null>((resolve) => shell.once('exit', resolve));
  const failed = once(shell, 'error').then(([error]) => String(error));
  const firstOutput = await Promise.race([once(shell.stdout, 'data').then(() => 'ready'), exited, failed]);
  if (firstOutput !== 'ready') {
    throw new StartError(
      'WATCHDOG_UNUSABLE',
      `sh could not create ${directory} (${String(firstOutput)})`,
      'free space there, or set TMPDIR',
    );
  }
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return { process: shell, exited };
}
