import type { StreamName } from '../../contract/executions';
import type { Json, JsonObject } from '../../contract/json';
import { livenessNow } from '../base/clock';
import type { Attempt, AttemptOutcome, MissingConnection } from '../store/lifecycle/attempt';
import { storableText, type CapturedOutput } from './captured-output';
import { encodingProblem, type OutputProblem } from './output-problem';
import { parseOutput, type ParsedOutput } from './parse-output';
import { describeLimits, type ProcessExit } from './program-exit';
import { uncodedFailure, type StartFailure } from './start-failure';
import { abortReason, plainText, uncaughtError } from './uncaught-error';

const ERROR_LINES = 5;
/** Reported for a timeout or a signal, where there is no exit code. */
const NO_EXIT_CODE = -1;

/** Path of an attempt's full stderr; null when it wrote nothing there. */
type StderrLogPath = string | null;

/** What the outcome of an attempt depends on. */
type EndedAttempt = Pick<Attempt, 'limit' | 'outputFormat'>;

/** The outcome of an attempt, with the contract's result object, from the exit of its program. */
export const attemptOutcome = (attempt: EndedAttempt, exit: ProcessExit, stderrLog: StderrLogPath): AttemptOutcome =>
  outcomeFrom(attempt, exit, describeExit(attempt, exit, stderrLog));

/** As `attemptOutcome`, with what is wrong in the output that its format promises. */
export function checkedOutcome(
  attempt: EndedAttempt,
  exit: ProcessExit,
  stderrLog: StderrLogPath,
): { readonly outcome: AttemptOutcome; readonly problem: OutputProblem | null } {
  const description = describeExit(attempt, exit, stderrLog);
  return { outcome: outcomeFrom(attempt, exit, description), problem: description.problem ?? null };
}

function outcomeFrom(attempt: EndedAttempt, exit: ProcessExit, { status, result }: ExitDescription): AttemptOutcome {
  return {
    status,
    result: withoutUndefined(result),
    finishedAt: exit.finishedAt,
    timeoutLevel: exit.cause === 'timeout' ? attempt.limit.level : null,
    stdoutTail: exit.stdout.tail,
    stderrTail: exit.stderr.tail,
    logs: [],
  };
}

/** `Action execution failed: …`, which carries neither an exit code nor a duration. */
const notRunnableResult = ({ code, text }: StartFailure): JsonObject => ({
  succeeded: false,
  error: `Action execution failed: ${text}`,
  ...(code !== null && { code }),
});

/** The outcome of an attempt that did not run, or whose end is not known. */
export const failedOutcome = (problem: string): AttemptOutcome =>
  endedNow('failed', notRunnableResult(uncodedFailure(problem)));

/** The outcome of an attempt with a reference to a key that it may not read. */
export const connectionFailure = ({ ref, task }: MissingConnection): AttemptOutcome =>
  endedNow('failed', {
    succeeded: false,
    code: 'CONNECTION_NOT_FOUND',
    error: `Connection '${ref}'${task === null ? '' : ` of task '${task}'`} not found: no key that may be used here has this ref`,
    ref,
    task,
  });

/** Of an attempt without a process. */
export const endedNow = (status: AttemptOutcome['status'], result: JsonObject): AttemptOutcome => ({
  status,
  result,
  finishedAt: livenessNow(),
  timeoutLevel: null,
  stdoutTail: '',
  stderrTail: '',
  logs: [],
});

type PartialResult = Record<string, Json | undefined>;

interface ExitDescription {
  readonly status: AttemptOutcome['status'];
  readonly result: PartialResult;
  readonly problem?: OutputProblem | null;
}

function describeExit(attempt: EndedAttempt, exit: ProcessExit, stderrLog: StderrLogPath): ExitDescription {
  if (exit.cause === 'not-started') {
    return {
      status: 'failed',
      result: notRunnableResult(exit.startFailure ?? uncodedFailure('it could not be started')),
    };
  }
  const stdout = streamText(exit.stdout, 'stdout');
  const logs = {
    duration_ms: Math.round(exit.finishedAt - exit.startedAt),
    stdout: stdout || undefined,
    stderr_log: stderrLog ?? undefined,
    ...truncationFields(exit),
  };
  switch (exit.cause) {
    case 'timeout':
      return { status: 'failed', result: { ...timeoutFields(attempt, exit), ...logs } };
    case 'limit-reached':
      return { status: 'failed', result: { ...limitFields(exit), ...logs } };
    case 'cancelled':
      return { status: 'cancelled', result: { ...cancelledFields(exit), ...logs } };
    case 'exited':
      if (exit.exitCode !== 0) return { status: 'failed', result: { ...failedFields(exit), ...logs } };
      return completedExit(attempt, exit, logs);
  }
}

const timeoutFields = ({ limit }: EndedAttempt, exit: ProcessExit): PartialResult => ({
  succeeded: false,
  exit_code: NO_EXIT_CODE,
  error: `Execution timed out after ${limit.seconds} seconds`,
  timed_out: true,
  timeout_seconds: limit.seconds,
  timeout_level: limit.level,
  signal: terminatingSignal(exit),
});

const limitFields = (exit: ProcessExit): PartialResult => ({
  succeeded: false,
  exit_code: exit.exitCode ?? NO_EXIT_CODE,
  code: 'RESOURCE_LIMIT',
  error: describeLimits(exit.reachedLimits),
  signal: terminatingSignal(exit),
});

const cancelledFields = (exit: ProcessExit): PartialResult => ({
  succeeded: false,
  cancelled: true,
  exit_code: exit.exitCode ?? NO_EXIT_CODE,
  error: 'Execution cancelled by user',
  signal: terminatingSignal(exit),
});

const failedFields = (exit: ProcessExit): PartialResult => ({
  succeeded: false,
  exit_code: exit.exitCode ?? NO_EXIT_CODE,
  error: errorText(exit),
  signal: exit.signal ?? undefined,
  ...(exit.importFailure !== null && importFailureFields(exit.importFailure)),
});

const importFailureFields = (text: string): PartialResult => ({
  code: 'ACTION_IMPORT_FAILED',
  message: `ACTION_IMPORT_FAILED: ${text}`,
});

/** A parsed value replaces the text of stdout. */
function completedExit(attempt: EndedAttempt, exit: ProcessExit, logs: PartialResult): ExitDescription {
  const { value: data, problem } = parsedOutput(attempt, exit, streamText(exit.stdout, 'stdout'));
  const ended = { succeeded: true, exit_code: 0, ...(data !== undefined && { stdout: undefined, data }) };
  return { status: 'completed', result: { ...logs, ...ended }, problem };
}

/** The signal that ended the program, else the strongest one sent before it exited. */
const terminatingSignal = (exit: ProcessExit): string | undefined => exit.signal ?? exit.signalSent ?? undefined;

/** Of truncated output only `jsonl` is parsed: its complete lines are valid. */
function parsedOutput({ outputFormat }: EndedAttempt, { stdout }: ProcessExit, text: string): ParsedOutput {
  if (outputFormat === 'text') return { value: undefined, problem: null };
  const isTruncated = stdout.droppedBytes > 0;
  if (isTruncated && outputFormat !== 'jsonl') return { value: undefined, problem: null };
  const { value, problem } = parseOutput(text, outputFormat);
  // A truncated stream may end inside a character, and has a notice after it.
  return { value, problem: isTruncated ? null : (problem ?? encodingProblem(stdout.head)) };
}

function errorText(exit: ProcessExit): string {
  const stderr = exit.stderr.droppedBytes > 0 ? exit.stderr.tail : streamText(exit.stderr, 'stderr');
  if (exit.signal !== null)
    return ['Action execution failed', `killed by ${exit.signal}`, abortReason(stderr) ?? []].flat().join(': ');
  if (stderr.trim() === '') return `Command exited with code ${exit.exitCode ?? NO_EXIT_CODE}`;
  return lineCount(stderr) <= ERROR_LINES ? stderr : (uncaughtError(stderr) ?? fromLastLine(plainText(stderr)));
}

/** A final newline ends the last line and starts no other. */
const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

/** The last line that is not blank, and everything after it: errors of a shell are a line each. */
const fromLastLine = (text: string): string => text.slice(text.trimEnd().lastIndexOf('\n') + 1);

/** A stream's text, with the notice on a line of its own when bytes were dropped. */
function streamText(stream: CapturedOutput, name: StreamName): string {
  return storableText(stream.head) + truncationNotice(stream, name);
}

/** The notice line of a truncated stream; empty for a complete one. */
export function truncationNotice({ head, droppedBytes }: CapturedOutput, name: StreamName): string {
  if (droppedBytes === 0) return '';
  return `${head.at(-1) === NEWLINE ? '' : '\n'}[OUTPUT TRUNCATED: ${name} exceeded size limit]\n`;
}

const NEWLINE = 10;

const truncationFields = ({ stdout, stderr }: ProcessExit): PartialResult => ({
  ...(stdout.droppedBytes > 0 && { stdout_truncated: true, stdout_bytes_truncated: stdout.droppedBytes }),
  ...(stderr.droppedBytes > 0 && { stderr_truncated: true, stderr_bytes_truncated: stderr.droppedBytes }),
});

const withoutUndefined = (result: PartialResult): JsonObject =>
  Object.fromEntries(Object.entries(result).filter((entry): entry is [string, Json] => entry[1] !== undefined));
