import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupBase } from '../../cgroup-base';
import { ignoreCodes } from '../../error-details';
import { workerTemporaryDirectory } from '../../directories';
import { cleanUpOrphans } from './orphan-cleanup';

interface EndedWorker {
  readonly instance: string;
  readonly worker: string;
  /** The platform's directory. */
  readonly directory: string;
}

/**
 * Kills what a worker that has exited still runs, and removes its private files: an attempt
 * without a worker must not reach its end, because its execution will be started again.
 */
export async function endWorkerLeftovers({ instance, worker, directory }: EndedWorker): Promise<void> {
  const base = cgroupBase(instance);
  if (base !== null) await writeFile(join(base, worker, 'cgroup.kill'), '1').catch(ignoreCodes('ENOENT'));
  await cleanUpOrphans(worker, workerTemporaryDirectory({ directory, worker }));
}
