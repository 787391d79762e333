import { setTimeout as sleep } from 'node:timers/promises';
import { pidsWithMark, pidsWithVariable, sendSignal } from './process-table';
import { isEarlierRun, type ProgramRun } from './program-run';
import { removeTree } from '../../files/remove-tree';

const WORKER_VARIABLE = 'PLATFORM_WORKER';

/**
 * Variables in the environment of every process that a worker starts for programs: those of a lost
 * worker are found by them.
 */
export const workerMark = (instance: string, worker: string): Readonly<Record<string, string>> => ({
  PLATFORM_INSTANCE: instance,
  [WORKER_VARIABLE]: worker,
});

const POLL_MS = 10;
/** A process that survives SIGKILL for this long hangs in the kernel. */
const KILL_TIMEOUT_MS = 2_000;

/**
 * Kills the processes and removes the private files that an earlier process of this worker left,
 * so that a recovered attempt runs alone. `temporaryDirectory`: the worker's own directory.
 */
export async function cleanUpOrphans(worker: string, temporaryDirectory: string): Promise<void> {
  await killAll(() => pidsWithVariable(`${WORKER_VARIABLE}=${worker}\0`));
  await removeTree(temporaryDirectory);
}

/** Kills what the owner's earlier runs left on this host, whichever worker ran them. */
export const killEarlierRuns = (instance: string, { owner, run }: ProgramRun): Promise<void> =>
  killAll(() => pidsWithMark((mark) => isEarlierRun(mark, `${instance}:${owner}:`, run)));

/** Sends SIGKILL until two scans in a row find no process. */
async function killAll(scan: () => readonly number[]): Promise<void> {
  const deadline = performance.now() + KILL_TIMEOUT_MS;
  for (let emptyScans = 0; emptyScans < 2 && performance.now() < deadline;) {
    const pids = scan();
    emptyScans = pids.length === 0 ? emptyScans + 1 : 0;
    for (const pid of pids) sendSignal(pid, 'SIGKILL');
    if (pids.length > 0) await sleep(POLL_MS);
  }
}
