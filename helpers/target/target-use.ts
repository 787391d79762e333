import type { Client } from '../client/client';
import { removeAllPacks } from '../fixtures/shared-pack';
import { throwErrors } from '../scenario/run-test-body';
import type { Target } from './obtain-target';
import { releaseOnSignal } from './release-on-signal';
import { createRunDirectory } from './run-directory';
import { removeRunObjects } from './run-objects';

/** What one run uses of a target. */
export interface TargetUse {
  /** For the files of the run. */
  readonly directory: string;
  /**
   * Removes the objects of the run and its directory, and releases the target. Throws TargetError,
   * LeftoverError for what is then left, or CombinedError. `areProcessesVisible`: the target's
   * processes are on this host.
   */
  release(areProcessesVisible?: boolean): Promise<void>;
}

/** `run`: the name of the run. On an attached target, a signal removes the packs of the run. */
export function openTargetUse(target: Target, client: Client, run: string): TargetUse {
  const directory = createRunDirectory(target.sharedDirectory);
  const removeObjects = () => removeRunObjects(client, run);
  if (target.kind === 'started') {
    // its directory ends with it, and it ends with this process
    return { directory: directory.path, release: () => runEach([removeObjects, target.release]) };
  }
  const cancelSignals = releaseOnSignal('the packs of the run are being removed', async () => {
    directory.remove(); // test workers that still run can then share nothing more
    throwErrors(await removeAllPacks(client, run));
  });
  return {
    directory: directory.path,
    release: async (areProcessesVisible = false) => {
      const removeDirectory = () => directory.removeWhenUnused(areProcessesVisible);
      try {
        await runEach([removeObjects, removeDirectory, target.release]);
      } finally {
        cancelSignals();
      }
    },
  };
}

/** Runs every step, one after the other, then throws their errors. */
async function runEach(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => errors.push(error));
  throwErrors(errors);
}
