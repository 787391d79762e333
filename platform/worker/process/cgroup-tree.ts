import { readdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, ignoreCodes } from '../../base/error-details';

const POLL_MS = 5;
/** A process that survives SIGKILL for this long hangs in the kernel. */
export const KILL_TIMEOUT_MS = 2_000;

export const subdirectories = async (path: string) =>
  ((await readdir(path, { withFileTypes: true }).catch(ignoreCodes('ENOENT'))) ?? []).filter((entry) =>
    entry.isDirectory(),
  );

/** Removes a group, unless something is in it. */
export const removeIfEmpty = (path: string): Promise<unknown> =>
  rmdir(path).catch(ignoreCodes('ENOENT', 'EBUSY', 'ENOTEMPTY'));

/** The groups of one worker, which are below those of the tenants. */
export const groupsOfWorker = async (base: string, worker: string): Promise<string[]> =>
  (await subdirectories(base)).map(({ name: tenant }) => join(base, tenant, worker));

/** Removes them, and the groups of tenants that no other worker uses. */
export async function removeGroupsOfWorker(
  base: string,
  worker: string,
  remove: (path: string) => Promise<void>,
): Promise<void> {
  for (const path of await groupsOfWorker(base, worker)) {
    await remove(path);
    await removeIfEmpty(dirname(path));
  }
}

/**
 * Kills all processes in a group and below it, and removes the groups once they are empty. Rejects
 * with EBUSY when a process survives.
 */
export const killAndRemoveTree = (path: string): Promise<void> =>
  removeTree(path, (busy) => writeFile(join(busy, 'cgroup.kill'), '1').catch(ignoreCodes('ENOENT')));

/**
 * Removes groups once they are empty: the kernel counts a process for a moment after its end.
 * Rejects with EBUSY when one stays.
 */
export const removeEmptyTree = (path: string): Promise<void> => removeTree(path, () => Promise.resolve());

async function removeTree(path: string, onBusy: (path: string) => Promise<void>): Promise<void> {
  const deadline = performance.now() + KILL_TIMEOUT_MS;
  for (;;) {
    try {
      for (const { name } of await subdirectories(path)) await removeTree(join(path, name), onBusy);
      await rmdir(path);
      return;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      if (errorCode(error) !== 'EBUSY' || performance.now() > deadline) throw error;
      await onBusy(path);
      await sleep(POLL_MS);
    }
  }
}
