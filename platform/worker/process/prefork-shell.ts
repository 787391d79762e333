import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Cgroup } from './cgroup';
import { errorMessage } from '../../error-details';
import { isAlive, sendSignal } from './process-table';

/**
 * A program to start: arguments, complete environment, working directory, and its input if any.
 */
export interface SpawnCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input: string | Buffer | null;
}

/** A shell that waits in a control group of its own until it executes a program. */
export interface PreforkShell {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly cgroup: Cgroup;
  /** The program's standard input; not passed on to a program without input. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  isWaiting(): boolean;
  /** Executes the program in place of the shell. May be called once, and only when `canExec`. */
  exec(command: SpawnCommand): void;
  /** Why the program could not be executed; null when it was. */
  execFailure(exitCode: number | null, stderr: string): string | null;
  /** Kills an unused shell and removes its group. */
  close(): Promise<void>;
}

/** A POSIX shell exports no variables with other names. */
const EXPORTABLE_NAME = /^[A-Za-z_]\w*$/;
/**
 * Variables that shells use themselves: one that differs from the shell's own cannot be set
 * exactly.
 */
const SHELL_RESERVED =
  /^(_|IFS|ENV|PPID|E?UID|OPT(IND|ARG|ERR)|LINENO|PS[0-4]|SHLVL|RANDOM|SRANDOM|SECONDS|EPOCH\w+|BASH\w*|SHELLOPTS|POSIXLY_CORRECT|FUNCNAME|GROUPS|DIRSTACK|PIPESTATUS|HISTCMD)$/;
/** Exit codes of a shell that could not execute the program. */
const EXEC_FAILURE_CODES = [126, 127];

type Variables = Readonly<Record<string, string>>;

/** The variables that a shell exports unchanged. */
export const exportableVariables = (variables: Variables): Variables =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => EXPORTABLE_NAME.test(name)));

/** Whether a shell with these variables can execute the command exactly as given. */
export function canExec({ command, args, env, cwd }: SpawnCommand, shellEnv: Variables): boolean {
  const names = Object.keys(env);
  return (
    names.every((name) => EXPORTABLE_NAME.test(name) && !(SHELL_RESERVED.test(name) && env[name] !== shellEnv[name])) &&
    Object.keys(shellEnv).every((name) => Object.hasOwn(env, name) || !SHELL_RESERVED.test(name)) &&
    ![command, cwd, ...args, ...Object.values(env)].some((text) => text.includes('\0'))
  );
}

/** Starts a shell in the group. Rejects with the system error, and leaves neither behind. */
export async function startPreforkShell(cgroup: Cgroup, shellEnv: Variables): Promise<PreforkShell> {
  const child = spawn('/bin/sh', [], {
    cwd: '/',
    env: shellEnv,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const programStdin = child.stdio[3] as Writable;
  // The shell may exit before it reads its script, and a program need not read its input.
  for (const stream of [child.stdin, programStdin]) stream.on('error', () => undefined);
  const close = async () => {
    if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
    for (const stream of [child.stdin, programStdin, child.stdout, child.stderr]) stream.destroy();
    await cgroup.remove();
  };
  try {
    if (child.pid === undefined) throw await once(child, 'error').then(([error]) => error as Error);
    child.on('error', () => undefined); // a signal not delivered; `exit` reports what ended it
    await cgroup.add(child.pid);
  } catch (error) {
    await close();
    throw new Error(`its processes could not be contained: ${errorMessage(error)}`, { cause: error });
  }
  const { pid } = child;
  const failureMarker = randomBytes(6).toString('hex');
  return {
    child,
    cgroup,
    pid,
    stdin: programStdin,
    stdout: child.stdout,
    stderr: child.stderr,
    isWaiting: () => child.exitCode === null && child.signalCode === null && isAlive(pid),
    exec: (command) => void child.stdin.write(execScript(command, shellEnv, failureMarker)),
    execFailure: (exitCode, stderr) => execFailureIn(exitCode, stderr, failureMarker),
    close,
  };
}

const shellQuoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * The shell reads it from standard input, so that the program's arguments and variables never
 * appear as the shell's own. PWD is the working directory unless `env` sets it. The trap prints
 * the failure marker only when `exec` failed.
 */
function execScript(
  { command, args, env, cwd, input }: SpawnCommand,
  shellEnv: Variables,
  failureMarker: string,
): string {
  const unneeded = Object.keys(shellEnv).filter((name) => !Object.hasOwn(env, name));
  const changed = Object.entries(env).filter(([name, value]) => shellEnv[name] !== value || name === 'OLDPWD');
  return [
    `trap 'echo ${failureMarker} >&2' EXIT`,
    `cd -P -- ${shellQuoted(cwd)} || exit 126`,
    `unset OLDPWD ${unneeded.join(' ')}`,
    ...changed.map(([name, value]) => `export ${name}=${shellQuoted(value)}`),
    `exec ${[command, ...args].map(shellQuoted).join(' ')} ${input === null ? '</dev/null' : '0<&3'} 3<&-\n`,
  ].join('\n');
}

/** `/bin/sh: 6: exec: /no/such: not found` → `/no/such: not found`. */
function execFailureIn(exitCode: number | null, stderr: string, failureMarker: string): string | null {
  if (exitCode === null || !EXEC_FAILURE_CODES.includes(exitCode) || !stderr.endsWith(`${failureMarker}\n`))
    return null;
  const [reason = ''] = stderr.split('\n').slice(-3);
  return reason.split(': ').slice(-2).join(': ');
}
