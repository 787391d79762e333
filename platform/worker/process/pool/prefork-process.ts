import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { StartFailure } from '../../../outcomes/start-failure';
import type { Cgroup } from '../cgroup';

/** How an interpreter can wait for a program. */
export interface InterpreterStart {
  /** How many arguments of the command are options of the interpreter. */
  readonly optionCount: number;
  /** The file in `isolation/warm-interpreters/` that waits. */
  readonly waiter: 'wait.py' | 'wait.js';
}

/** A program to start. */
export interface SpawnCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Complete. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Written to standard input, then closed. Null: standard input is empty. */
  readonly input: string | Buffer | null;
  /** Files that only the program can read, by path. Without a confinement, there are none. */
  readonly files?: ReadonlyMap<string, string>;
  /** How an interpreter that waits can run it. Absent: it is started with the command. */
  readonly interpreter?: InterpreterStart;
}

/** How a process ended: null for the one that does not apply. */
export interface ExitStatus {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that waits in a control group of its own until it executes a program. */
export interface PreforkProcess {
  /** Of the leader of its process group. */
  readonly pid: number;
  /** Null where the host allows no control groups. */
  readonly cgroup: Cgroup | null;
  /** Pid, on this host, of the first process of its process namespace; null: not confined. */
  readonly initPid: number | null;
  /** The program's standard input; not passed on to a program without input. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** How it ended, or the program that it executed. */
  readonly exited: Promise<ExitStatus>;
  isWaiting(): boolean;
  /** Executes the program in place of the process. May be called once. */
  exec(command: SpawnCommand): void;
  /** Why the program could not be executed; null when it was. */
  execFailure(exitCode: number | null, stderr: string): StartFailure | null;
  /** Gives up what kept it waiting; in a confinement, ends every process that is left. */
  release(): void;
  /** Kills it unused, and removes its group. */
  close(): Promise<void>;
}

export const exitOf = (child: ChildProcess): Promise<ExitStatus> =>
  new Promise((resolve) => child.once('exit', (exitCode, signal) => resolve({ exitCode, signal })));
