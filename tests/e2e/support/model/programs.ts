import type { JsonObject } from '../../../../contract/json';
import { writeJson } from '../../../../contract/json-text/write-json';
import { ModelError } from './model-error';
import { textOrEmpty } from '../../../../contract/json-text/text-or-json';
import type { ProcessEnd, ProgramRun, World } from './state';

/** The run of an action that is no workflow and no inquiry. */
export function programRun({ starts, modelCase }: World, action: string, params: JsonObject): ProgramRun {
  if (action === 'core.echo') return { key: null, end: exit(0), stdout: textOrEmpty(params.message), printed: null };
  if (action === 'core.noop') {
    const code = params.exit_code ?? 0;
    if (typeof code !== 'number') throw new ModelError(`exit_code is no number: ${writeJson(code)}`);
    return { key: null, end: exit(code), stdout: `${textOrEmpty(params.message) || 'noop'}\n`, printed: null };
  }
  if (action === 'core.sleep') return sleepRun(params);
  if (action !== modelCase.program) throw new ModelError(`no such action: ${action}`);
  const { key } = params;
  if (typeof key !== 'string') throw new ModelError(`key is no text: ${writeJson(key)}`);
  const attempt = (starts.get(key) ?? 0) + 1;
  starts.set(key, attempt);
  const printed = { params, attempt };
  return { key, end: exitByAttempt(params, attempt), stdout: `${writeJson(printed)}\n`, printed };
}

function sleepRun({ seconds }: JsonObject): ProgramRun {
  if (seconds === 0) return { key: null, end: exit(0), stdout: 'Slept for 0 seconds\n', printed: null };
  if (typeof seconds !== 'number' || seconds < 60) throw new ModelError(`a sleep of ${textOrEmpty(seconds)} seconds`);
  return { key: null, end: { is: 'never' }, stdout: '', printed: null };
}

const exit = (code: number): ProcessEnd => ({ is: 'exit', code });

/** What the fixture `exit-by-attempt` does at its `attempt`-th start under its key. */
function exitByAttempt({ exits }: JsonObject, attempt: number): ProcessEnd {
  if (typeof exits !== 'string') throw new ModelError(`exits is no text: ${writeJson(exits)}`);
  const entries = exits.split(' ');
  const entry = entries[Math.min(attempt, entries.length) - 1]!;
  if (entry === 'never') return { is: 'never' };
  return entry.startsWith('gate') ? { is: 'gate', code: Number(entry.slice('gate'.length)) } : exit(Number(entry));
}
