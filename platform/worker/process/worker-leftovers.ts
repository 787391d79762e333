import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupBase } from '../../base/host/cgroup-base';
import { ignoreCodes } from '../../base/error-details';
import { temporaryDirectory, workerTemporaryDirectory } from '../../base/directories';
import { groupsOfWorker } from './cgroup-tree';
import { cleanUpOrphans } from './orphan-cleanup';
import { removeTree } from '../../files/remove-tree';

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
  for (const group of base === null ? [] : await groupsOfWorker(base, worker))
    await writeFile(join(group, 'cgroup.kill'), '1').catch(ignoreCodes('ENOENT'));
  await cleanUpOrphans(worker, workerTemporaryDirectory({ directory, worker }));
}

/**
 * Removes the private files that the workers of killed platforms left in this directory. Only
 * while no other platform runs, and before the workers of tenants start.
 */
export async function removeEarlierLeftovers(platform: Omit<EndedWorker, 'worker'>): Promise<void> {
  const parent = temporaryDirectory(platform);
  const names = await readdir(parent).catch(ignoreCodes('ENOENT'));
  for (const name of (names ?? []).filter((name) => !name.startsWith(`${platform.instance}-`)))
    await removeTree(join(parent, name));
}
