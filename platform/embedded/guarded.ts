import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Watchdog } from '../watchdog';
import type { Account } from './plain-user';

export type Guarded = ChildProcessByStdio<Writable, Readable, Readable>;

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly user: Account | null;
  readonly env: Readonly<Record<string, string>>;
}

/** The shell becomes the program only when told to; if we die first it reads the end of its input and ends too. */
const GATE = 'read -r go && exec "$@" </dev/null';

/**
 * Starts a program of PostgreSQL in a group of its own, as `user`, and only once the watchdog knows of it: there is no
 * moment at which we can die and leave it behind. Throws what `spawn` could not do.
 */
export async function startGuarded(watchdog: Watchdog, kind: 'server' | 'group', program: Program): Promise<Guarded> {
  const child = spawn('/bin/sh', ['-c', GATE, 'tuningfork-gate', program.command, ...program.args], {
    ...(program.user && { uid: program.user.uid, gid: program.user.gid }),
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...program.env, PLATFORM_INSTANCE: watchdog.instance },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined); // a program that died says why on stderr
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  if (child.pid !== undefined) await watchdog.guard(kind, child.pid);
  child.stdin.end('go\n');
  return child;
}
