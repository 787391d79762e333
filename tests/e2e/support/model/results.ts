import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../../contract/json-text/write-json';
import type { Status } from '../../../../contract/status';
import type { ProgramRun } from './state';

/*
 * The stored result of an execution, without how long its program ran and without the id of its
 * inquiry.
 */

/** The result of a program that exited. */
export function exitResult({ stdout, printed }: ProgramRun, code: number): JsonObject {
  if (code !== 0)
    return { succeeded: false, exit_code: code, error: `Command exited with code ${code}`, ...outputOf(stdout) };
  return { succeeded: true, exit_code: 0, ...(printed === null ? outputOf(stdout) : { data: printed }) };
}

const outputOf = (stdout: string): JsonObject => (stdout === '' ? {} : { stdout });

const KILLED = { succeeded: false, exit_code: -1 } as const;
/** Only a process gets a signal. */
const signalOf = ({ key }: ProgramRun): JsonObject => (key === null ? {} : { signal: 'SIGTERM' });

/** Of a program that the limit of its task ended. */
export const limitResult = (program: ProgramRun, seconds: number): JsonObject => ({
  ...KILLED,
  ...signalOf(program),
  error: `Execution timed out after ${seconds} seconds`,
  timed_out: true,
  timeout_seconds: seconds,
  timeout_level: 'task',
  ...outputOf(program.stdout),
});

/** Of a program that was stopped. */
export const stoppedResult = (program: ProgramRun): JsonObject => ({
  ...KILLED,
  ...signalOf(program),
  cancelled: true,
  error: 'Execution cancelled by user',
  ...outputOf(program.stdout),
});

export const NOT_STARTED: JsonObject = { error: 'Cancelled: parent workflow execution was cancelled' };

/** What `result()` and `task.NAME` show: its own keys, and those of its output. */
export function viewOf(result: JsonObject | null, status: Status): JsonObject {
  const { data, stdout } = result ?? {};
  const printed = isObject(data) ? data : typeof stdout === 'string' ? objectIn(stdout) : {};
  return { ...printed, ...result, ...(status === 'cancelled' && { cancelled: true }) };
}

function objectIn(text: string): JsonObject {
  if (!text.startsWith('{')) return {};
  const value = parseJsonText(text) as Json;
  return isObject(value) ? value : {};
}

export const textOf = (value: Json | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : writeJson(value);
