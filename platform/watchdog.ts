import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { cgroupBase } from './cgroup-base';
import { baseDirectory } from './embedded/base-directory';
import { StartError } from './embedded/errors';
import { WATCHDOG_SCRIPT } from './embedded/watchdog-script';

/** Ends a platform when the process that holds it ends, however that went; and at `stop`, by the same means. */
export interface Watchdog {
  /** Every process of the platform carries it in its environment as PLATFORM_INSTANCE. The holder must not. */
  readonly instance: string;
  /** The run directory: made by the watchdog, removed by it, open to other users for walking through. */
  readonly directory: string;
  /** Hands over PostgreSQL, or the leader of a process group that the environment may not show. */
  guard(kind: 'server' | 'group', pid: number): Promise<void>;
  /** A path that is to be removed with the run directory. */
  trash(path: string): Promise<void>;
  /** Kills every marked process, ends PostgreSQL, removes the run directory; settled when all that is done. LEFT_BEHIND. */
  stop(): Promise<void>;
}

const RESTARTS = 3;
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

/** One detached `sh` that outlives us. Start it before anything else. RUN_DIR_UNUSABLE, WATCHDOG_UNUSABLE. */
export async function startWatchdog(base = baseDirectory()): Promise<Watchdog> {
  const instance = randomBytes(6).toString('hex');
  const directory = join(base, `tuningfork-${instance}`);
  const told: string[] = [];
  let stopped: Promise<void> | null = null;
  let restarts = 0;
  let shell = await launch(instance, directory, 'make');

  const replaceWhenLost = (watched: Shell): void => {
    watched.process.once('exit', () => {
      if (stopped !== null || restarts++ >= RESTARTS) return;
      void adopt().catch((error: unknown) => process.emitWarning(String(error)));
    });
  };
  const adopt = async (): Promise<void> => {
    shell = await launch(instance, directory, 'adopt');
    replaceWhenLost(shell);
    shell.process.stdin.write(told.join(''));
  };
  const tell = (line: string): Promise<void> => {
    told.push(`${line}\n`);
    return new Promise((resolve) => shell.process.stdin.write(`${line}\n`, () => resolve()));
  };
  const stop = async (): Promise<void> => {
    for (let tries = 0; tries < RESTARTS; tries++) {
      shell.process.ref();
      shell.process.stdin.end();
      const code = await shell.ended;
      if (code === 0) return;
      if (code !== null) throw new StartError('LEFT_BEHIND', `${directory} could not be removed`, 'remove it by hand');
      await adopt();
    }
  };

  replaceWhenLost(shell);
  const groups = cgroupBase(instance);
  if (groups !== null) await tell(`cgroups ${groups}`);
  return {
    instance,
    directory,
    guard: (kind, pid) => tell(`${kind} ${pid} ${startTime(pid)}`),
    trash: (path) => tell(`trash ${path}`),
    stop: () => (stopped ??= stop()),
  };
}

interface Shell {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** 0: its work is done. Null: a signal ended it. */
  readonly ended: Promise<number | null>;
}

async function launch(instance: string, directory: string, way: 'make' | 'adopt'): Promise<Shell> {
  const shell = spawn('sh', ['-c', WATCHDOG_SCRIPT, 'tuningfork-watchdog', instance, directory, way], {
    cwd: '/',
    detached: true,
    env: { PATH: `${SYSTEM_PATH}:${process.env.PATH ?? ''}`, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  shell.stdin.on('error', () => undefined); // a watchdog that died is replaced by its exit, not by a failed write
  const ended = new Promise<number | null>((resolve) => shell.once('exit', resolve));
  const failed = once(shell, 'error').then(([error]) => String(error));
  const said = await Promise.race([once(shell.stdout, 'data').then(() => 'ready'), ended, failed]);
  if (said !== 'ready') {
    throw new StartError(
      'WATCHDOG_UNUSABLE',
      `sh could not make ${directory} (${String(said)})`,
      'free space there, or set TMPDIR',
    );
  }
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return { process: shell, ended };
}

/** Field 22 of /proc/<pid>/stat, clock ticks since boot: with the pid it names a process for good. */
export function startTime(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[19]!;
}
