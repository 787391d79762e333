import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Watchdog } from './watchdog';
import type { Account } from './postgres-user';

export type GuardedProcess = ChildProcessByStdio<Writable, Readable, Readable>;

interface GuardedProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly user: Account | null;
  readonly env: Readonly<Record<string, string>>;
}

/** The shell executes the program after a line of input; at the end of input it exits. */
const WAIT_SCRIPT = 'read -r go && exec "$@" </dev/null';

/**
 * Starts a PostgreSQL program in a process group of its own, as `user`, after it is registered
 * with the watchdog: a crash at any moment leaves no process. Throws the error of `spawn`.
 */
export async function spawnGuarded(
  watchdog: Watchdog,
  kind: 'server' | 'group',
  program: GuardedProgram,
): Promise<GuardedProcess> {
  const child = spawn('/bin/sh', ['-c', WAIT_SCRIPT, 'tuningfork-wait', program.command, ...program.args], {
    ...(program.user && { uid: program.user.uid, gid: program.user.gid }),
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...program.env, PLATFORM_INSTANCE: watchdog.instance },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined); // a program that exited reports the reason on stderr
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  if (child.pid !== undefined) await watchdog.guard(kind, child.pid);
  // A watchdog that stops registers nothing more: the program would outlive it.
  if (watchdog.stopSignal.aborted) child.stdin.end();
  else child.stdin.end('go\n');
  return child;
}

/** Runs a program to its end. Returns its exit code, and its errors or else its output. */
export async function runGuarded(
  watchdog: Watchdog,
  program: GuardedProgram,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = await spawnGuarded(watchdog, 'group', program);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, output: (stderr || stdout).trim().split('\n').join(' ') };
}
