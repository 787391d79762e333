import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cgroup } from './cgroups';
import { codeOf, messageOf } from './faults';
import { send, stateOf } from './process-table';

/** A program as it is handed to `spawn`. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The shell stops itself before it becomes the program: nothing of it can run before it is in its control group. */
const GATE = 'kill -STOP $$; exec "$@"';
/** A plain shell hands on no variables of other names. */
const PLAIN_NAME = /^[A-Za-z_]\w*$/;
const LOOK_MS = 1;
/** What a shell says with these exit codes may be that it could not become the program. */
const NOT_EXECUTED = [126, 127];

/** One start through the gate. */
export interface Gate extends Command {
  /** Lets the program go on once it is inside. Answers why it could not be taken in, of one that was then ended. */
  open(pid: number): Promise<string | null>;
  /** Why the shell could not become the program; null when it did. */
  problem(exitCode: number | null, stderr: string): string | null;
}

/** The gate in front of a control group; null where there is none, or the program's variables would not come through. */
export function gateTo(cgroup: Cgroup | null | undefined, { command, args, env }: Command): Gate | null {
  if (!cgroup || !Object.keys(env).every((name) => PLAIN_NAME.test(name))) return null;
  const name = `gate-${randomBytes(6).toString('hex')}`;
  return {
    command: '/bin/sh',
    args: ['-c', GATE, name, command, ...args],
    env,
    open: (pid) => enclose(cgroup, pid),
    problem: (exitCode, stderr) =>
      exitCode !== null && NOT_EXECUTED.includes(exitCode) && stderr.startsWith(`${name}: `)
        ? `${command}: ${stderr.trim().split(': ').at(-1)!}`
        : null,
  };
}

/** Takes a program in that waits at the gate, or one that has just been started without one, and lets it go on. */
export async function enclose(cgroup: Cgroup, pid: number): Promise<string | null> {
  try {
    await cgroup.take(pid);
    while (stateOf(pid) !== 'T' && !isOver(pid)) await sleep(LOOK_MS);
    return null;
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return null;
    send(-pid, 'SIGKILL');
    return `its processes could not be contained: ${messageOf(error)}`;
  } finally {
    send(pid, 'SIGCONT');
  }
}

const isOver = (pid: number): boolean => ['Z', 'X', null].includes(stateOf(pid));
