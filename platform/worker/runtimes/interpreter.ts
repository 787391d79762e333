import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { inheritable } from '../environment';

const ASK_TIMEOUT_MS = 10_000;

/** A program found on this host. */
export interface Interpreter {
  readonly path: string;
  readonly version: string;
}

/** The first executable of these names on the search path; null: none. */
export async function find(names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    for (const directory of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
      const path = join(directory, name);
      if (
        await access(path, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return path;
    }
  }
  return null;
}

/** What a program prints on stdout, trimmed; null when it cannot be started or fails. */
export const ask = (path: string, args: readonly string[]): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(path, args, { timeout: ASK_TIMEOUT_MS, env: inheritable(process.env) }, (error, stdout) =>
      resolve(error === null ? stdout.trim() : null),
    );
  });

/** Remembers the first answer. */
export function once<T>(look: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= look());
}
