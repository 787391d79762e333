import type { Json, JsonObject } from '../../contract/json';
import { textOrEmpty } from '../../contract/json-text/text-or-json';

const MAX_EXIT_CODE = 255;

/** Output and exit code of an action without a process. */
export interface BuiltInOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const output = (stdout: string, exitCode = 0): BuiltInOutput => ({ exitCode, stdout, stderr: '' });

export const failure = (stderr: string): BuiltInOutput => ({ exitCode: 1, stdout: '', stderr: `${stderr}\n` });

/** A number, or a text that is one; else NaN. */
export const numberParameter = (value: Json | undefined, fallback: number): number => {
  if (value === undefined || value === null) return fallback;
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return text === '' ? Number.NaN : Number(text);
};

/** Actions of pack core that end at once, by the entry point `builtin:<name>`. */
export const IMMEDIATE_ACTIONS: Readonly<Record<string, (parameters: JsonObject) => BuiltInOutput>> = {
  echo: ({ message }) => output(textOrEmpty(message)),

  noop: ({ message, exit_code }) => {
    const code = numberParameter(exit_code, 0);
    const isValid = Number.isInteger(code) && code >= 0 && code <= MAX_EXIT_CODE;
    if (!isValid) return failure(`exit_code must be an integer from 0 to ${MAX_EXIT_CODE}`);
    const text = textOrEmpty(message);
    return output(text === '' ? 'noop\n' : `${text}\n`, code);
  },
};

export const BUILT_IN_PREFIX = 'builtin:';
