import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostNow } from '../clock';
import { begin, type Enclosure } from './begin';
import { capture, captured, type Captured, type Keep } from './capture';
import { MARK, type Family } from './process-table';
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
  /** The way into a control group of its own, entered before the program does anything and removed when it has ended. */
  readonly enclosure?: Enclosure | null;
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

/** For how long a stream may be held open by somebody we could not find. */
const CLOSE_MS = 200;
/** Longer timers fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Runs a program to its end and leaves nothing of it behind. Never rejects for what the program is or does. */
export async function runProcess(program: Program): Promise<Ended> {
  const startedAt = hostNow();
  const marked = { ...program, env: { ...program.env, [MARK]: program.marker } };
  const begun = await begin(marked, program.enclosure ?? null);
  if (typeof begun === 'string') return notStarted(startedAt, begun);
  const { child, pid, cgroup } = begun;
  child.on('error', () => undefined); // a signal that could not be delivered: what ended it is told by `exit`
  const closed = once(child, 'close');
  const stdout = capture(begun.stdout, program.logLimitBytes, program.keep?.stdout, program.filters?.stdout);
  const stderr = capture(begun.stderr, program.logLimitBytes, program.keep?.stderr, program.filters?.stderr);
  feed(begun.stdin, program.input);
  const family = {
    ...{ group: pid, mark: program.marker, cgroup },
    ...{ bornAt: performance.now(), lowest: begun.lowestPid },
  };
  program.born?.(pid);
  const end = await endOf(child, family, program);
  const escaped = await begun.escaped;
  const left = await stopLeftovers(family, end.killAt, program.killGraceMs);
  await Promise.race([closed, sleep(CLOSE_MS, undefined, { ref: false })]);
  for (const stream of [...child.stdio, begun.stdin]) stream?.destroy();
  // Nobody waits for that: what cannot be removed now goes when the worker does.
  if (left.leaked.length === 0) cgroup?.remove().catch(() => undefined);
  const problem = escaped ?? begun.problem(end.exitCode, stderr().head.toString('latin1'));
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

/** A program need not read its input: most short ones are gone before it is written. */
function feed(stdin: Writable | null, input: string | Buffer | null): void {
  stdin?.on('error', () => undefined).end(input ?? '');
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
function endOf(child: ChildProcess, family: Family, program: Program): Promise<End> {
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
