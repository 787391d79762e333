import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '../../../contract/json';
import { valueAsText } from '../process/parameter-formats';
import { NotRunnable, type BuiltInPlan, type BuiltInOutput } from './runtime';

const MAX_SLEEP_SECONDS = 3_600;
const MAX_EXIT_CODE = 255;

type RunBuiltIn = (parameters: JsonObject, stop: AbortSignal) => Promise<BuiltInOutput>;

const output = (stdout: string, exitCode = 0): BuiltInOutput => ({ exitCode, stdout, stderr: '' });
const failure = (stderr: string): BuiltInOutput => ({ exitCode: 1, stdout: '', stderr: `${stderr}\n` });
const textParameter = (value: Json | undefined): string =>
  value === undefined || value === null ? '' : valueAsText(value);

/** A number, or a text that is one; else NaN. */
const numberParameter = (value: Json | undefined, fallback: number): number => {
  if (value === undefined || value === null) return fallback;
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return text === '' ? Number.NaN : Number(text);
};

const BUILT_INS: Readonly<Record<string, RunBuiltIn>> = {
  echo: ({ message }) => Promise.resolve(output(textParameter(message))),

  noop: ({ message, exit_code }) => {
    const code = numberParameter(exit_code, 0);
    const isValid = Number.isInteger(code) && code >= 0 && code <= MAX_EXIT_CODE;
    if (!isValid) return Promise.resolve(failure(`exit_code must be an integer from 0 to ${MAX_EXIT_CODE}`));
    const text = textParameter(message);
    return Promise.resolve(output(text === '' ? 'noop\n' : `${text}\n`, code));
  },

  sleep: async ({ seconds, message }, stop) => {
    const durationSeconds = numberParameter(seconds, 1);
    const isValid = durationSeconds >= 0 && durationSeconds <= MAX_SLEEP_SECONDS;
    if (!isValid) return failure(`seconds must be a number from 0 to ${MAX_SLEEP_SECONDS}`);
    await sleep(Math.ceil(durationSeconds * 1_000) + 1, undefined, { signal: stop });
    const text = textParameter(message);
    return output(`${text === '' ? '' : `${text}\n`}Slept for ${durationSeconds} seconds\n`);
  },
};

/** An action of pack core that needs no process. Throws NotRunnable for an unknown name. */
export function builtInPlan(name: string, parameters: JsonObject): BuiltInPlan {
  const run = Object.hasOwn(BUILT_INS, name) ? BUILT_INS[name] : undefined;
  if (run === undefined) {
    throw new NotRunnable(`builtin:${name} does not exist: there are ${Object.keys(BUILT_INS).join(', ')}`);
  }
  return { kind: 'builtin', run: (stop) => run(parameters, stop) };
}
