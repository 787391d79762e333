import type { Env } from '../../../contract/environment';

/** A setting with an invalid value. The command exits with 2. */
export class SettingError extends Error {
  constructor(name: string, value: string, expected: string) {
    super(`${name}=${value} is not usable: give ${expected}`);
    this.name = 'SettingError';
  }
}

/** Null: not set. */
export function readOptionalNumber(env: Env, name: string, min: number): number | null {
  return env[name] ? readNumber(env, name, min, min) : null;
}

export function readNumber(env: Env, name: string, defaultValue: number, min: number): number {
  const text = env[name];
  if (text === undefined || text === '') return defaultValue;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min) throw new SettingError(name, text, `a number of at least ${min}`);
  return value;
}

/** The default is the first choice, unless another one is given. */
export function readChoice<T extends string>(
  env: Env,
  name: string,
  choices: readonly T[],
  defaultChoice = choices[0]!,
): T {
  const text = env[name];
  if (text === undefined || text === '') return defaultChoice;
  const choice = choices.find((known) => known === text);
  if (choice === undefined) throw new SettingError(name, text, choices.join(' or '));
  return choice;
}

/** Null: not set. */
export function readList(env: Env, name: string, separator = ','): string[] | null {
  const parts = (env[name] ?? '').split(separator).map((part) => part.trim());
  const list = parts.filter((part) => part !== '');
  return list.length === 0 ? null : list;
}
