import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WaitError } from '../errors';
import { fixtureProcessesToEnd, LONGEST_FIXTURE_MS } from '../fixtures/fixture-processes';
import { until } from '../scenario/polling';
import { LeftoverError } from './leftover-error';

/** A directory for the files of a run, in which the target's processes may write. */
export interface RunDirectory {
  readonly path: string;
  /** Removes it, also while processes write to it. */
  remove(): void;
  /**
   * Removes it as soon as no fixture process writes to it. Throws LeftoverError if one still may
   * after the longest time that it runs; the directory is then removed nevertheless. `areVisible`:
   * the target's processes are on this host.
   */
  removeWhenUnused(areVisible: boolean): Promise<void>;
}

/** A process may create a file while the directory is being removed. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };

/** The target's processes may run as other users. */
const ALL_USERS = 0o1777;

/** Creates it in a directory of the target, or in the system's temporary directory. */
export function createRunDirectory(parent: string | null): RunDirectory {
  if (parent !== null) mkdirSync(parent, { recursive: true });
  const path = mkdtempSync(join(parent ?? tmpdir(), 'e2e-run-'));
  chmodSync(path, ALL_USERS);
  mkdirSync(join(path, 'fixtures'));
  const remove = (): void => rmSync(path, REMOVAL);
  return {
    path,
    remove,
    removeWhenUnused: async (areVisible) => {
      try {
        await processesToEnd(path, areVisible);
      } finally {
        remove();
      }
    },
  };
}

async function processesToEnd(path: string, areVisible: boolean): Promise<void> {
  try {
    await until(fixtureProcessesToEnd(path, areVisible), performance.now() + LONGEST_FIXTURE_MS);
  } catch (error) {
    throw error instanceof WaitError ? new LeftoverError(`processes are left: ${error.message}`) : error;
  }
}
