import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Type, type Static } from '@sinclair/typebox';
import { RunningPlatform } from '../../../contract/platform-file';
import { explain, matches } from '../../client/validate';
import { spawnPlatform, type PlatformProcess, type PlatformSettings, type PlatformSource } from './spawn-platform';
import { TargetError } from '../target-error';
import { createLogFile } from './platform-log-file';
import { unlessInterrupted } from '../../unless-interrupted';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const TAIL_LINES = 50;

/** Its data go with it: each start creates the login, with a known password. */
const TemporaryPlatform = Type.Intersect([RunningPlatform, Type.Object({ password: Type.String() })]);
type TemporaryPlatform = Static<typeof TemporaryPlatform>;

export interface StartedPlatform {
  /** The one line that it prints once it is ready. */
  running: TemporaryPlatform;
  /** How its process ended; null while it runs. */
  exitReason(): string | null;
  /**
   * Closes its standard input, which ends it, and waits. Throws TargetError if it does not end in
   * time and has to be killed.
   */
  stop(): Promise<void>;
  /** The last 50 lines it wrote. */
  tail(): string;
  /**
   * File in its directory with what it writes after its start. `readLogEnd` reads it until `stop`,
   * also where the platform has ended by itself, which removes its directory.
   */
  readonly log: string;
}

/**
 * Starts the platform of this clone, or of another copy, on free ports, in a directory of its own,
 * with these settings and no other ones. Throws TargetError with the last lines of its log, and
 * Interrupted when `interrupt` aborts the start: the platform has then ended.
 */
export async function startPlatform(
  settings: PlatformSettings,
  source?: PlatformSource,
  interrupt: AbortSignal = new AbortController().signal,
): Promise<StartedPlatform> {
  const child = spawnPlatform(settings, [], source);
  const lines = collectLastLines();
  const exit = watchExit(child);
  child.stdin.on('error', (error) => lines.append(error.message)); // EPIPE if the process ended first
  createInterface(child.stderr).on('line', lines.append);
  const running = firstLine(createInterface(child.stdout), lines.append).then(parseRunning);
  const stop = () => stopProcess(child, exit);
  const exitedEarly = exit.done.then(() => {
    throw new TargetError(
      `TARGET_NOT_STARTED: the platform ended before it was ready (${exit.reason() ?? ''}):\n${lines.text()}`,
    );
  });
  const timedOut = sleep(START_TIMEOUT_MS, undefined, { ref: false }).then(() => {
    throw new TargetError(
      `TARGET_NOT_STARTED: the platform was not ready within ${START_TIMEOUT_MS / 1_000} s:\n${lines.text()}`,
    );
  });
  exitedEarly.catch(() => {}); // raced below; a later rejection is the platform's normal end
  timedOut.catch(() => {});
  try {
    const first = await unlessInterrupted(interrupt, Promise.race([running, exitedEarly, timedOut]));
    const log = join(first.directory, 'platform.log');
    const file = createLogFile(log);
    child.stderr.pipe(file.stream);
    const stopAndForget = () => stop().finally(file.close);
    return { running: first, exitReason: exit.reason, stop: stopAndForget, tail: lines.text, log };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface LastLines {
  append(line: string): void;
  text(): string;
}

function collectLastLines(): LastLines {
  const lines: string[] = [];
  return {
    append: (line) => {
      lines.push(line);
      if (lines.length > TAIL_LINES) lines.shift();
    },
    text: () => lines.join('\n'),
  };
}

interface ProcessExit {
  readonly done: Promise<void>;
  /** Null while the process runs. */
  reason(): string | null;
}

function watchExit(child: PlatformProcess): ProcessExit {
  let reason: string | null = null;
  const done = new Promise<void>((resolve) => {
    child.once('error', (error) => resolve(void (reason = error.message)));
    child.once('exit', (code, signal) => void (reason ??= signal ?? `exit ${code ?? 'unknown'}`));
    child.once('close', () => resolve()); // its workers and its watchdog may keep its output open for a moment
  });
  return { done, reason: () => reason };
}

/** The first line of the output, which contains a password; `append` receives the others. */
const firstLine = (output: Interface, append: (line: string) => void): Promise<string> =>
  new Promise((resolve) => {
    output.once('line', (line) => {
      output.on('line', append);
      resolve(line);
    });
  });

function parseRunning(line: string): TemporaryPlatform {
  const running = parseJson(line);
  if (!matches(TemporaryPlatform, running))
    throw new TargetError(
      `TARGET_NOT_STARTED: invalid first line of the platform's output: ${explain(TemporaryPlatform, running)}`,
    );
  return running;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new TargetError(`TARGET_NOT_STARTED: the first line of the platform's output is not JSON: ${line}`);
  }
}

/**
 * Closes the standard input of the process, which ends it, and waits for its end. A process that
 * does not end in time is killed: its watchdog removes what it leaves.
 */
async function stopProcess(child: PlatformProcess, exit: ProcessExit): Promise<void> {
  child.stdin.end();
  await Promise.race([exit.done, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  if (exit.reason() !== null) return;
  child.kill('SIGKILL');
  await exit.done;
  throw new TargetError(
    `TARGET_NOT_STOPPED: the platform (pid ${child.pid ?? 0}) did not end within ${STOP_TIMEOUT_MS / 1_000} s of the end of its stdin, and was killed`,
  );
}
