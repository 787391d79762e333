import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { Cgroup } from './cgroup';
import { errorMessage } from '../../error-details';
import { LEAVE_SETUP, openSandbox, REPORT_READY, type Sandbox } from '../isolation/sandbox';
import type { ShellCommand } from '../isolation/sandbox-command';
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
  /** Files that only the program can read, by path: created in its sandbox. */
  readonly files?: ReadonlyMap<string, string>;
}

/** A shell that waits in a control group of its own until it executes a program. */
export interface PreforkShell {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Null where the host allows no control groups. */
  readonly cgroup: Cgroup | null;
  /** Null: it is not confined. */
  readonly sandbox: Sandbox | null;
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

/** No program can be started with such a text. */
export const hasNul = ({ command, args, env, cwd }: SpawnCommand): boolean =>
  [command, cwd, ...args, ...Object.keys(env), ...Object.values(env)].some((text) => text.includes('\0'));

/** Whether a shell with these variables can execute the command as given, without `env`. */
export const canExec = ({ env }: SpawnCommand, shellEnv: Variables): boolean =>
  envArguments(env, shellEnv).length === 0;

/** Arguments of `env` for the variables that a shell can neither export nor remove. */
function envArguments(env: Variables, shellEnv: Variables): string[] {
  const isExportable = (name: string) =>
    EXPORTABLE_NAME.test(name) && !(SHELL_RESERVED.test(name) && env[name] !== shellEnv[name]);
  const kept = Object.keys(shellEnv).filter((name) => !Object.hasOwn(env, name) && SHELL_RESERVED.test(name));
  const added = Object.entries(env).filter(([name]) => !isExportable(name));
  return [...kept.flatMap((name) => ['-u', name]), ...added.map(([name, value]) => `${name}=${value}`)];
}

const rejectOnExit = async (child: ChildProcess, sandbox: Sandbox): Promise<never> => {
  await once(child, 'exit');
  throw new Error(sandbox.failure());
};

/**
 * Starts a shell in the group, confined where `confined` is its command. Rejects with the system
 * error, and leaves neither behind.
 */
export async function startPreforkShell(
  cgroup: Cgroup | null,
  shellEnv: Variables,
  confined: ShellCommand | null = null,
): Promise<PreforkShell> {
  const { command, args } = confined ?? { command: '/bin/sh', args: [] };
  const child = spawn(command, args, {
    cwd: '/',
    env: shellEnv,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', ...(confined === null ? [] : ['pipe' as const])],
  }) as ChildProcessByStdio<Writable, Readable, Readable>;
  const [, , , programStdin, connection] = child.stdio as readonly unknown[] as readonly [0, 0, 0, Writable, Duplex];
  // The shell may exit before it reads its script, and a program need not read its input.
  for (const stream of [child.stdin, programStdin]) stream.on('error', () => undefined);
  const sandbox = confined === null ? null : openSandbox(connection);
  const close = async () => {
    if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
    for (const stream of [child.stdin, programStdin, child.stdout, child.stderr]) stream.destroy();
    sandbox?.close();
    await cgroup?.remove();
  };
  try {
    if (child.pid === undefined) throw await once(child, 'error').then(([error]) => error as Error);
    child.on('error', () => undefined); // a signal not delivered; `exit` reports what ended it
    await cgroup?.add(child.pid);
    if (sandbox !== null) {
      child.stdin.write(REPORT_READY);
      await Promise.race([sandbox.enter(), rejectOnExit(child, sandbox)]);
    }
  } catch (error) {
    await close();
    throw new Error(`its processes could not be contained: ${errorMessage(error)}`, { cause: error });
  }
  const { pid } = child;
  const failureMarker = randomBytes(6).toString('hex');
  return {
    child,
    cgroup,
    sandbox,
    pid,
    stdin: programStdin,
    stdout: child.stdout,
    stderr: child.stderr,
    isWaiting: () => child.exitCode === null && child.signalCode === null && isAlive(pid),
    exec: (program) => void child.stdin.write(execScript(program, shellEnv, failureMarker, sandbox !== null)),
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
  { command, args, env, cwd, input, files = new Map() }: SpawnCommand,
  shellEnv: Variables,
  failureMarker: string,
  isConfined: boolean,
): string {
  const envArgs = envArguments(env, shellEnv);
  const isShells = (name: string) => EXPORTABLE_NAME.test(name) && !SHELL_RESERVED.test(name);
  const unneeded = Object.keys(shellEnv).filter((name) => !Object.hasOwn(env, name) && isShells(name));
  const changed = Object.entries(env).filter(
    ([name, value]) => isShells(name) && (shellEnv[name] !== value || name === 'OLDPWD'),
  );
  const program = [...(envArgs.length > 0 ? ['/usr/bin/env', ...envArgs] : []), command, ...args];
  return [
    ...(isConfined ? [LEAVE_SETUP] : []),
    ...[...files].map(([path, text]) => `(umask 377; printf %s ${shellQuoted(text)} >${shellQuoted(path)})`),
    `trap 'echo ${failureMarker} >&2' EXIT`,
    `cd -P -- ${shellQuoted(cwd)} || exit 126`,
    `unset OLDPWD ${unneeded.join(' ')}`,
    ...changed.map(([name, value]) => `export ${name}=${shellQuoted(value)}`),
    `exec ${program.map(shellQuoted).join(' ')} ${input === null ? '</dev/null' : '0<&3'} 3<&-\n`,
  ].join('\n');
}

/** `/bin/sh: 6: exec: /no/such: not found` → `/no/such: not found`. */
function execFailureIn(exitCode: number | null, stderr: string, failureMarker: string): string | null {
  if (exitCode === null || !EXEC_FAILURE_CODES.includes(exitCode) || !stderr.endsWith(`${failureMarker}\n`))
    return null;
  const [reason = ''] = stderr.split('\n').slice(-3);
  return reason.split(': ').slice(-2).join(': ');
}
