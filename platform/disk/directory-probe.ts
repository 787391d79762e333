import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../base/error-details';

/** As large as a block of most file systems. */
const PROBE_BYTES = 4_096;

/** Writes and removes a file. Rejects with the system error. */
export async function writeProbe(directory: string, instance: string): Promise<void> {
  const path = join(directory, `.readiness-${instance}`);
  try {
    await writeFile(path, Buffer.alloc(PROBE_BYTES), { mode: 0o600 });
  } finally {
    await rm(path, { force: true });
  }
}

/** Reports whether files can be written. */
export interface DirectoryProbe {
  /** Null: they can; else the code of the error, or `NO_ANSWER`, within its limit. */
  failure(): Promise<string | null>;
}

/** Calls at the same time share one write: at most one hangs. */
export function openDirectoryProbe(write: () => Promise<void>, limitMs: number): DirectoryProbe {
  let current: Promise<string | null> | null = null;
  const check = () =>
    write()
      .then(
        () => null,
        (error: unknown) => errorCode(error) ?? 'FAILED',
      )
      .finally(() => (current = null));
  return {
    failure: async () => {
      const waiting = new AbortController();
      const limit = pause(limitMs, 'NO_ANSWER', { signal: waiting.signal }).catch(() => null); // aborted
      try {
        return await Promise.race([(current ??= check()), limit]);
      } finally {
        waiting.abort();
      }
    },
  };
}
