import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';
import type { Status } from '../../../../contract/status';
import type { ProgramRun } from './state';

/*
 * The stored result of an execution, without how long its program ran, without the id of its
 * inquiry, and without the time and the text of a dispatch that failed.
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
  ...limitMarks(seconds, 'task'),
  ...outputOf(program.stdout),
});

/** What the result of an execution has that its own limit ended. */
export const limitMarks = (seconds: number, level: 'task' | 'workflow'): JsonObject => ({
  error: `Execution timed out after ${seconds} seconds`,
  timed_out: true,
  timeout_seconds: seconds,
  timeout_level: level,
});

/** The result of what the limit of a workflow above has stopped. */
export const stoppedByLimit = (result: JsonObject, seconds: number | null): JsonObject =>
  seconds === null
    ? result
    : {
        ...result,
        error: `Stopped: its workflow timed out after ${seconds} seconds`,
        timeout_level: 'workflow',
        timeout_seconds: seconds,
      };

/** Of a program that was stopped. */
export const stoppedResult = (program: ProgramRun): JsonObject => ({
  ...KILLED,
  ...signalOf(program),
  cancelled: true,
  error: 'Execution cancelled by user',
  ...outputOf(program.stdout),
});

/** Of what no worker can run. */
export const notPlaced = (action: string): JsonObject => ({
  error: 'Execution is unschedulable',
  action_ref: action,
  failed_by: 'execution_scheduler',
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
