import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { execFailure } from '../../../outcomes/start-failure';
import type { Cgroup } from '../cgroup';
import { errorMessage } from '../../../base/error-details';
import { exitOf, type PreforkProcess, type SpawnCommand } from './prefork-process';
import { isAlive, sendSignal } from '../process-table';

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
const NOT_FOUND_CODE = 127;
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

/**
 * Starts a shell in the group. Rejects with the system error, and leaves neither behind. It can
 * execute a command when `canExec`.
 */
export async function startPreforkShell(cgroup: Cgroup | null, shellEnv: Variables): Promise<PreforkProcess> {
  const child = spawn('/bin/sh', [], {
    cwd: '/',
    env: shellEnv,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  }) as ChildProcessByStdio<Writable, Readable, Readable>;
  const exited = exitOf(child);
  const [, , , programStdin] = child.stdio as readonly unknown[] as readonly [0, 0, 0, Writable];
  // The shell may exit before it reads its script, and a program need not read its input.
  for (const stream of [child.stdin, programStdin]) stream.on('error', () => undefined);
  const close = async () => {
    if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
    for (const stream of [child.stdin, programStdin, child.stdout, child.stderr]) stream.destroy();
    await cgroup?.remove();
  };
  try {
    if (child.pid === undefined) throw await once(child, 'error').then(([error]) => error as Error);
    child.on('error', () => undefined); // a signal not delivered; `exit` reports what ended it
    await cgroup?.add(child.pid);
  } catch (error) {
    await close();
    throw new Error(`its processes could not be contained: ${errorMessage(error)}`, { cause: error });
  }
  const { pid } = child;
  let executed = '';
  const failureMarker = randomBytes(6).toString('hex');
  return {
    pid,
    cgroup,
    initPid: null,
    exited,
    close,
    stdin: programStdin,
    stdout: child.stdout,
    stderr: child.stderr,
    isWaiting: () => child.exitCode === null && child.signalCode === null && isAlive(pid),
    exec: (program) => {
      executed = program.command;
      child.stdin.write(execScript(program, shellEnv, failureMarker));
    },
    execFailure: (exitCode, stderr) => {
      const text = execFailureIn(exitCode, stderr, failureMarker);
      return text === null ? null : execFailure(executed, errnoIn(executed, exitCode, text), text);
    },
    release: () => void child.stdin.destroy(),
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
  const envArgs = envArguments(env, shellEnv);
  const isShells = (name: string) => EXPORTABLE_NAME.test(name) && !SHELL_RESERVED.test(name);
  const unneeded = Object.keys(shellEnv).filter((name) => !Object.hasOwn(env, name) && isShells(name));
  const changed = Object.entries(env).filter(
    ([name, value]) => isShells(name) && (shellEnv[name] !== value || name === 'OLDPWD'),
  );
  const program = [...(envArgs.length > 0 ? ['/usr/bin/env', ...envArgs] : []), command, ...args];
  return [
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

/** By the exit code and the text of POSIX: `Permission denied` is that of a directory as well. */
function errnoIn(command: string, exitCode: number | null, text: string): string | undefined {
  if (exitCode === NOT_FOUND_CODE) return 'ENOENT';
  return text === `${command}: Permission denied` ? 'EACCES' : undefined;
}
