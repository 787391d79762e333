import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { StartError } from './start-error';
import { WATCHDOG_SCRIPT } from './watchdog-script';

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

export interface WatchdogShell {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** 0: its work is complete. Null: a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** Starts the script; `make` creates the run directory, `adopt` takes over an existing one. */
export async function startShell(instance: string, directory: string, mode: 'make' | 'adopt'): Promise<WatchdogShell> {
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
