import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '../../../contract/json';
import { plain } from '../formats';
import { NotRunnable, type BuiltInPlan, type Printed } from './runtime';

const MOST_SECONDS = 3_600;
const MOST_EXIT_CODE = 255;

type Perform = (parameters: JsonObject, stop: AbortSignal) => Promise<Printed>;

const printed = (stdout: string, exitCode = 0): Printed => ({ exitCode, stdout, stderr: '' });
const refused = (stderr: string): Printed => ({ exitCode: 1, stdout: '', stderr: `${stderr}\n` });
const textOf = (value: Json | undefined): string => (value === undefined || value === null ? '' : plain(value));

/** A number, or text that is one; NaN otherwise. */
const numberOf = (value: Json | undefined, otherwise: number): number => {
  if (value === undefined || value === null) return otherwise;
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return text === '' ? Number.NaN : Number(text);
};

const BUILT_INS: Readonly<Record<string, Perform>> = {
  echo: ({ message }) => Promise.resolve(printed(textOf(message))),

  noop: ({ message, exit_code }) => {
    const code = numberOf(exit_code, 0);
    const fits = Number.isInteger(code) && code >= 0 && code <= MOST_EXIT_CODE;
    if (!fits) return Promise.resolve(refused(`exit_code must be an integer from 0 to ${MOST_EXIT_CODE}`));
    const said = textOf(message);
    return Promise.resolve(printed(said === '' ? 'noop\n' : `${said}\n`, code));
  },

  sleep: async ({ seconds, message }, stop) => {
    const length = numberOf(seconds, 1);
    const fits = length >= 0 && length <= MOST_SECONDS;
    if (!fits) return refused(`seconds must be a number from 0 to ${MOST_SECONDS}`);
    await sleep(Math.ceil(length * 1_000) + 1, undefined, { signal: stop });
    const said = textOf(message);
    return printed(`${said === '' ? '' : `${said}\n`}Slept for ${length} seconds\n`);
  },
};

/** An action of pack core that needs no process. Throws NotRunnable for a name that is none. */
export function builtIn(name: string, parameters: JsonObject): BuiltInPlan {
  const perform = Object.hasOwn(BUILT_INS, name) ? BUILT_INS[name] : undefined;
  if (perform === undefined) {
    throw new NotRunnable(`builtin:${name} does not exist: there are ${Object.keys(BUILT_INS).join(', ')}`);
  }
  return { kind: 'builtin', perform: (stop) => perform(parameters, stop) };
}
