import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Cgroup } from './cgroups';
import { messageOf } from './faults';
import { isAlive, send } from './process-table';

/** A program as it is started: its arguments, all of its environment, its directory, and whether it is given input. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input: string | Buffer | null;
}

/** A shell that waits in a control group of its own until it is told which program to become. */
export interface Gate {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly cgroup: Cgroup;
  /** What the program will read; kept from it where it is given no input. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  isWaiting(): boolean;
  /** Lets it become the program. Once, and only where `mayPass`. */
  open(command: Command): void;
  /** Why it could not become the program; null when it did. */
  problem(exitCode: number | null, stderr: string): string | null;
  /** Ends one that is not needed, and its group. */
  close(): Promise<void>;
}

/** A plain shell hands on no variables of other names. */
const PLAIN_NAME = /^[A-Za-z_]\w*$/;
/** What shells read, write or protect themselves: one that differs from the gate's own could not be set exactly. */
const SHELLS_OWN =
  /^(_|IFS|ENV|PPID|E?UID|OPT(IND|ARG|ERR)|LINENO|PS[0-4]|SHLVL|RANDOM|SRANDOM|SECONDS|EPOCH\w+|BASH\w*|SHELLOPTS|POSIXLY_CORRECT|FUNCNAME|GROUPS|DIRSTACK|PIPESTATUS|HISTCMD)$/;
/** The shell's answers to a program that it cannot become. */
const NOT_EXECUTED = [126, 127];

type Variables = Readonly<Record<string, string>>;

/** Those variables that a shell takes over as they are. */
export const gateVariables = (variables: Variables): Variables =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => PLAIN_NAME.test(name)));

/** Whether a gate with these variables can become the program exactly; one that cannot is started without. */
export function mayPass({ command, args, env, cwd }: Command, own: Variables): boolean {
  const names = Object.keys(env);
  return (
    names.every((name) => PLAIN_NAME.test(name) && !(SHELLS_OWN.test(name) && env[name] !== own[name])) &&
    Object.keys(own).every((name) => Object.hasOwn(env, name) || !SHELLS_OWN.test(name)) &&
    ![command, cwd, ...args, ...Object.values(env)].some((text) => text.includes('\0'))
  );
}

/** Starts a shell and moves it into the group. Rejects with the host's reason, and leaves neither behind. */
export async function openGate(cgroup: Cgroup, own: Variables): Promise<Gate> {
  const child = spawn('/bin/sh', [], { cwd: '/', env: own, detached: true, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  const said = child.stdio[3] as Writable;
  // It may be gone before it has read what it is told, and a program need not read its input.
  for (const stream of [child.stdin, said]) stream.on('error', () => undefined);
  const close = async () => {
    if (child.pid !== undefined) send(-child.pid, 'SIGKILL');
    for (const stream of [child.stdin, said, child.stdout, child.stderr]) stream.destroy();
    await cgroup.remove();
  };
  try {
    if (child.pid === undefined) throw await once(child, 'error').then(([error]) => error as Error);
    child.on('error', () => undefined); // a signal that could not be delivered: its exit tells what became of it
    await cgroup.take(child.pid);
  } catch (error) {
    await close();
    throw new Error(`its processes could not be contained: ${messageOf(error)}`, { cause: error });
  }
  const { pid } = child;
  const word = randomBytes(6).toString('hex');
  return {
    child,
    cgroup,
    pid,
    stdin: said,
    stdout: child.stdout,
    stderr: child.stderr,
    isWaiting: () => child.exitCode === null && child.signalCode === null && isAlive(pid),
    open: (command) => void child.stdin.write(script(command, own, word)),
    problem: (exitCode, stderr) => problemIn(exitCode, stderr, word),
    close,
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * Read by the shell from its standard input, so that neither arguments nor environment of the program are ever seen as
 * the shell's own. PWD is where it then is, unless another was asked for. The trap speaks only when there was no program to become.
 */
function script({ command, args, env, cwd, input }: Command, own: Variables, word: string): string {
  const spare = Object.keys(own).filter((name) => !Object.hasOwn(env, name));
  const changed = Object.entries(env).filter(([name, value]) => own[name] !== value || name === 'OLDPWD');
  return [
    `trap 'echo ${word} >&2' EXIT`,
    `cd -P -- ${quoted(cwd)} || exit 126`,
    `unset OLDPWD ${spare.join(' ')}`,
    ...changed.map(([name, value]) => `export ${name}=${quoted(value)}`),
    `exec ${[command, ...args].map(quoted).join(' ')} ${input === null ? '</dev/null' : '0<&3'} 3<&-\n`,
  ].join('\n');
}

/** `/bin/sh: 6: exec: /no/such: not found` → `/no/such: not found`. */
function problemIn(exitCode: number | null, stderr: string, word: string): string | null {
  if (exitCode === null || !NOT_EXECUTED.includes(exitCode) || !stderr.endsWith(`${word}\n`)) return null;
  const [why = ''] = stderr.split('\n').slice(-3);
  return why.split(': ').slice(-2).join(': ');
}
