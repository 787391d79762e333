import type { JsonObject } from '../../../../contract/json';
import { writeJson } from '../../../../contract/json-text/write-json';
import { ModelError } from './model-error';
import type { ProcessEnd } from './state';

/** What the fixture `exit-by-attempt` does at its `attempt`-th start under its key. */
export function processEnd({ exits }: JsonObject, attempt: number): ProcessEnd {
  if (typeof exits !== 'string') throw new ModelError(`exits is no text: ${writeJson(exits)}`);
  const entries = exits.split(' ');
  const entry = entries[Math.min(attempt, entries.length) - 1]!;
  if (entry === 'never') return { is: 'never' };
  return entry.startsWith('gate')
    ? { is: 'gate', code: Number(entry.slice('gate'.length)) }
    : { is: 'exit', code: Number(entry) };
}

const output = (params: JsonObject, attempt: number): JsonObject => ({ params, attempt });

/** The result of a process that exited, as expressions show it. */
export function exitResult(params: JsonObject, attempt: number, code: number): JsonObject {
  const printed = output(params, attempt);
  return code === 0
    ? { succeeded: true, exit_code: 0, data: printed, ...printed }
    : { succeeded: false, exit_code: code, error: `Command exited with code ${code}`, ...printed };
}

/** The result of a process that its task's limit ended. */
export const limitResult = (params: JsonObject, attempt: number, seconds: number): JsonObject => ({
  succeeded: false,
  exit_code: -1,
  error: `Execution timed out after ${seconds} seconds`,
  ...output(params, attempt),
});
