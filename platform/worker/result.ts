import type { StreamName } from '../../contract/executions';
import type { Json, JsonObject } from '../../contract/json';
import type { Attempt, Outcome } from './attempt';
import { storable, type Captured } from './capture';
import { lastLine, parseOutput } from './output';
import type { Ended } from './process';

const ERROR_LINES = 5;
/** Neither a limit nor a cancellation has an exit code of its own. */
const NO_EXIT_CODE = -1;

/** Where an attempt's full stderr was written; null when it said nothing there. */
export type StderrLog = string | null;

/** The contract's result object for how a program ended, whatever the runtime. */
export function outcomeOf(attempt: Attempt, ended: Ended, stderrLog: StderrLog): Outcome {
  const told = toldBy(attempt, ended, stderrLog);
  return {
    ...told,
    result: compact(told.result),
    finishedAt: ended.finishedAt,
    timeoutLevel: ended.cause === 'timeout' ? attempt.limit.level : null,
    stdoutTail: ended.stdout.tail,
    stderrTail: ended.stderr.tail,
  };
}

/** `Action execution failed: …`, which carries neither an exit code nor a duration. */
export const notRunnable = (problem: string): JsonObject => ({
  succeeded: false,
  error: `Action execution failed: ${problem}`,
});

type Optional = Record<string, Json | undefined>;

function toldBy(attempt: Attempt, ended: Ended, stderrLog: StderrLog): { status: Outcome['status']; result: Optional } {
  const stdout = textOf(ended.stdout, 'stdout');
  const duration_ms = Math.round(ended.finishedAt - ended.startedAt);
  const exit_code = ended.exitCode ?? NO_EXIT_CODE;
  const logs = { stdout: stdout || undefined, stderr_log: stderrLog ?? undefined, ...truncation(ended) };
  switch (ended.cause) {
    case 'not-started':
      return { status: 'failed', result: notRunnable(ended.problem ?? 'it could not be started') };
    case 'timeout':
      return { status: 'failed', result: { ...timeoutOf(attempt, ended), duration_ms, ...logs } };
    case 'cancelled':
      return {
        status: 'cancelled',
        result: {
          succeeded: false,
          cancelled: true,
          exit_code,
          duration_ms,
          error: CANCELLED,
          signal: signalOf(ended),
          ...logs,
        },
      };
    case 'exited': {
      if (ended.exitCode !== 0) {
        const signal = ended.signal ?? undefined;
        return {
          status: 'failed',
          result: { succeeded: false, exit_code, duration_ms, error: errorOf(ended), signal, ...logs },
        };
      }
      const data = parsed(attempt, ended, stdout);
      const shown = data === undefined ? logs : { ...logs, stdout: undefined, data };
      return { status: 'completed', result: { succeeded: true, exit_code: 0, duration_ms, ...shown } };
    }
  }
}

const CANCELLED = 'Execution cancelled by user';

const timeoutOf = ({ limit }: Attempt, ended: Ended) => ({
  succeeded: false,
  exit_code: NO_EXIT_CODE,
  error: `Execution timed out after ${limit.seconds} seconds`,
  timed_out: true,
  timeout_seconds: limit.seconds,
  timeout_level: limit.level,
  signal: signalOf(ended),
});

/** What it took: the signal that ended it, or the strongest one it was sent before it ended by itself. */
const signalOf = (ended: Ended): string | undefined => ended.signal ?? ended.sent ?? undefined;

/** Of a truncated document only the lines of `jsonl` can be trusted. */
function parsed({ outputFormat }: Attempt, ended: Ended, stdout: string): Json | undefined {
  if (ended.stdout.droppedBytes > 0 && outputFormat !== 'jsonl') return undefined;
  return parseOutput(stdout, outputFormat);
}

function errorOf(ended: Ended): string {
  if (ended.signal !== null) return `Action execution failed: killed by ${ended.signal}`;
  const stderr = textOf(ended.stderr, 'stderr').trim();
  if (stderr === '') return `Command exited with code ${ended.exitCode ?? NO_EXIT_CODE}`;
  return stderr.split('\n').length <= ERROR_LINES ? stderr : lastLine(stderr);
}

/** A stream's text, with the notice on a line of its own when some of it was dropped. */
export function textOf(stream: Captured, name: StreamName): string {
  return storable(stream.head) + truncationNotice(stream, name);
}

/** A line that says so where something was dropped; the empty text otherwise. */
export function truncationNotice({ head, droppedBytes }: Captured, name: StreamName): string {
  if (droppedBytes === 0) return '';
  return `${head.at(-1) === NEWLINE ? '' : '\n'}[OUTPUT TRUNCATED: ${name} exceeded size limit]\n`;
}

const NEWLINE = 10;

const truncation = ({ stdout, stderr }: Ended): Optional => ({
  ...(stdout.droppedBytes > 0 && { stdout_truncated: true, stdout_bytes_truncated: stdout.droppedBytes }),
  ...(stderr.droppedBytes > 0 && { stderr_truncated: true, stderr_bytes_truncated: stderr.droppedBytes }),
});

const compact = (result: Optional): JsonObject =>
  Object.fromEntries(Object.entries(result).filter((entry): entry is [string, Json] => entry[1] !== undefined));
