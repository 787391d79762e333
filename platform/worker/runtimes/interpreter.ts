import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { isExecutable } from '../../base/host/path-checks';
import { codedFailure } from '../../outcomes/start-failure';
import { inheritableVariables } from '../process/process-environment';
import { rememberedOutput } from './remembered-output';
import { NotRunnable } from './runtime';

const RUN_TIMEOUT_MS = 10_000;

/** A program found on this host. */
export interface Interpreter {
  readonly path: string;
  readonly version: string;
}

/** The first executable of these names on the search path; null: none. */
export async function findExecutable(names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    for (const directory of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
      const path = join(directory, name);
      if (await isExecutable(path)) return path;
    }
  }
  return null;
}

/** The interpreter is not on the search path. */
export const missingInterpreter = (name: string): NotRunnable =>
  new NotRunnable(
    codedFailure('RUNTIME_BINARY_MISSING', name, `it is not available: looked in PATH ${process.env.PATH ?? ''}`),
  );

/** A program's stdout, trimmed; null when it cannot be started or fails. */
export const captureStdout = (path: string, args: readonly string[]): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(path, args, { timeout: RUN_TIMEOUT_MS, env: inheritableVariables(process.env, []) }, (error, stdout) =>
      resolve(error === null ? stdout.trim() : null),
    );
  });

/** The same of an interpreter about itself, or what it printed at an earlier start. */
export const captureDescription = (path: string, args: readonly string[]): Promise<string | null> =>
  rememberedOutput({ path, args, env: inheritableVariables(process.env, []) }, () => captureStdout(path, args));

/**
 * Finds it once. What was not found is looked for again at the next call: on a busy host, a
 * program that prints its version can exceed its time.
 */
export function memoized<T>(find: () => Promise<T | null>): () => Promise<T | null> {
  let finding: Promise<T | null> | undefined;
  const findAndKeep = async (): Promise<T | null> => {
    let found: T | null = null;
    try {
      found = await find();
      return found;
    } finally {
      if (found === null) finding = undefined;
    }
  };
  return () => (finding ??= findAndKeep());
}
