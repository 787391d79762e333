import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostNow } from '../clock';
import { capture, captured, type Captured, type Keep } from './capture';
import type { Cgroup } from './cgroups';
import { messageOf } from './faults';
import { enclose, gateTo } from './gate';
import { MARK, send, type Family } from './process-table';
import type { Filter } from './redact';
import { signalAll, stopLeftovers } from './stop-processes';

/** A program to be run once, and what may end it. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Written to standard input, then closed. Null: standard input is empty. */
  readonly input: string | Buffer | null;
  readonly limitMs: number;
  /** Between the polite signal and the other one. */
  readonly killGraceMs: number;
  readonly logLimitBytes: number;
  /** Hear what is kept of each stream while the program runs. */
  readonly keep?: { readonly stdout: Keep; readonly stderr: Keep };
  readonly stop: AbortSignal;
  /** `<instance>:<execution>:<attempt>`: how descendants are found that left the process group. */
  readonly marker: string;
  /** A control group of its own, to be entered before the program does anything and removed when it has ended. */
  readonly cgroup?: Cgroup | null;
  /** Told the pid of its leader as soon as there is one. */
  readonly born?: (pid: number) => void;
  /** Through which each stream passes before anything of it is kept. */
  readonly filters?: Readonly<Record<'stdout' | 'stderr', Filter>>;
}

export type Cause = 'exited' | 'timeout' | 'cancelled' | 'not-started';

/** How a program ended. Instants are epoch ms with a microsecond fraction. */
export interface Ended {
  /** The first of them wins. */
  readonly cause: Cause;
  /** Null when a signal ended it, or when it never began. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The strongest signal that we sent while it lived. */
  readonly sent: 'SIGTERM' | 'SIGKILL' | null;
  readonly startedAt: number;
  /** When the last process of the attempt was gone. */
  readonly finishedAt: number;
  readonly stdout: Captured;
  readonly stderr: Captured;
  /** Why it did not start. */
  readonly problem: string | null;
  /** Pids that outlived KILL. */
  readonly leaked: readonly number[];
}

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

/** For how long a stream may be held open by somebody we could not find. */
const CLOSE_MS = 200;
/** Longer timers fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Runs a program to its end and leaves nothing of it behind. Never rejects for what the program is or does. */
export async function runProcess(program: Program): Promise<Ended> {
  const startedAt = hostNow();
  const bornAt = performance.now();
  const gate = gateTo(program.cgroup, program);
  const child = start({ ...program, ...gate });
  if (typeof child === 'string') return notStarted(startedAt, child);
  const pid = child.pid;
  if (pid === undefined) {
    const failure: readonly unknown[] = await once(child, 'error');
    return notStarted(startedAt, messageOf(failure[0]));
  }
  child.on('error', () => undefined); // a signal that could not be delivered: what ended it is told by `exit`
  const closed = once(child, 'close');
  const stdout = capture(child.stdout, program.logLimitBytes, program.keep?.stdout, program.filters?.stdout);
  const stderr = capture(child.stderr, program.logLimitBytes, program.keep?.stderr, program.filters?.stderr);
  feed(child.stdin, program.input);
  const family = { group: pid, mark: program.marker, bornAt, cgroup: program.cgroup ?? null };
  const enclosed = gate?.open(pid) ?? enter(program.cgroup, pid);
  program.born?.(pid);
  const end = await endOf(child, family, program);
  const escaped = await enclosed;
  const left = await stopLeftovers(family, end.killAt, program.killGraceMs);
  await Promise.race([closed, sleep(CLOSE_MS, undefined, { ref: false })]);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  if (left.leaked.length === 0) await program.cgroup?.remove();
  const problem = escaped ?? gate?.problem(end.exitCode, stderr().head.toString('latin1')) ?? null;
  if (problem !== null) return notStarted(startedAt, problem);
  return {
    cause: end.cause,
    exitCode: end.exitCode,
    signal: end.signal,
    sent: end.sent,
    startedAt,
    finishedAt: left.found ? left.goneAt : end.at,
    stdout: stdout(),
    stderr: stderr(),
    problem: null,
    leaked: left.leaked,
  };
}

/** Without a gate it may have begun before it is stopped: what it started in that moment is found by its mark alone. */
function enter(cgroup: Cgroup | null | undefined, pid: number): Promise<string | null> {
  if (!cgroup) return Promise.resolve(null);
  send(pid, 'SIGSTOP');
  return enclose(cgroup, pid);
}

const nothing = captured('');

/** What there is to tell of a program that never began. */
export const notStarted = (startedAt: number, problem: string): Ended => ({
  cause: 'not-started',
  exitCode: null,
  signal: null,
  sent: null,
  startedAt,
  finishedAt: hostNow(),
  stdout: nothing,
  stderr: nothing,
  problem,
  leaked: [],
});

/** A group of its own; an argument or a variable that no process can be given is an answer, not a crash. */
function start({ command, args, env, cwd, input, marker }: Program): Child | string {
  const environment = { ...env, [MARK]: marker };
  try {
    return input === null
      ? spawn(command, args, { cwd, env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn(command, args, { cwd, env: environment, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    return messageOf(error);
  }
}

/** A program need not read its input: most short ones are gone before it is written. */
function feed(stdin: Writable | null, input: string | Buffer | null): void {
  if (stdin === null || input === null) return;
  stdin.on('error', () => undefined);
  stdin.end(input);
}

interface End {
  cause: Exclude<Cause, 'not-started'>;
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  sent: 'SIGTERM' | 'SIGKILL' | null;
  at: number;
  /** Monotonic ms of the moment politeness ends; null when nobody asked it to stop. */
  killAt: number | null;
}

/** Waits for `exit`, not `close`: a child of it may hold the streams for ever. */
function endOf(child: Child, family: Family, program: Program): Promise<End> {
  return new Promise((resolve) => {
    const end: Partial<End> & Pick<End, 'sent' | 'killAt'> = { sent: null, killAt: null };
    let grace: NodeJS.Timeout | undefined;
    const sendAll = (signal: 'SIGTERM' | 'SIGKILL') => {
      end.sent = signal;
      // Who left the group and could not be looked up now is found when the leader has ended.
      signalAll(family, signal).catch(() => undefined);
    };
    const stopFor = (cause: 'timeout' | 'cancelled') => {
      if (end.cause !== undefined) return;
      end.cause = cause;
      end.killAt = performance.now() + program.killGraceMs;
      grace = setTimeout(sendAll, program.killGraceMs + 1, 'SIGKILL');
      sendAll('SIGTERM');
    };
    const cancel = () => stopFor('cancelled');
    // One more, because a timer may fire in the millisecond before it is due.
    const limit = setTimeout(stopFor, Math.min(program.limitMs + 1, LONGEST_TIMER_MS), 'timeout');
    child.once('exit', (exitCode, signal) => {
      clearTimeout(limit);
      clearTimeout(grace);
      program.stop.removeEventListener('abort', cancel);
      resolve({ ...end, cause: end.cause ?? 'exited', exitCode, signal, at: hostNow() });
    });
    program.stop.addEventListener('abort', cancel, { once: true });
    if (program.stop.aborted) cancel();
  });
}
