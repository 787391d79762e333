import { setTimeout as sleep } from 'node:timers/promises';
import { livenessNow } from '../../base/clock';
import { livePids, livePidsOutsideGroup, sendSignal, startedByNow, type ProcessTree } from './process-table';

const POLL_MS = 10;
/**
 * Longest time between SIGTERM and SIGKILL for the leftovers of a program that exited by itself.
 */
const LEFTOVER_GRACE_MS = 1_000;
/** A process that survives SIGKILL for this long hangs in the kernel. */
const KILL_TIMEOUT_MS = 2_000;

/**
 * What has received SIGTERM at a stop. Nothing that was started later: a handler may start
 * programs to clean up.
 */
interface Termination {
  readonly signalled: ReadonlySet<number>;
  /** Whether a process had started before it. */
  readonly isEarlier: (pid: number) => boolean;
}

/** SIGTERM to the process group at once, then to each descendant that left it. */
export async function terminateTree(tree: ProcessTree): Promise<Termination> {
  const isEarlier = startedByNow();
  sendSignal(-tree.processGroup, 'SIGTERM');
  for (const pid of (await livePidsOutsideGroup(tree)).filter(isEarlier)) sendSignal(pid, 'SIGTERM');
  return { signalled: new Set((await livePids(tree)).filter(isEarlier)), isEarlier };
}

/** SIGKILL to the process group at once, then to each descendant that left it. */
export async function killTree(tree: ProcessTree): Promise<void> {
  sendSignal(-tree.processGroup, 'SIGKILL');
  await tree.cgroup?.kill();
  for (const pid of await livePidsOutsideGroup(tree)) sendSignal(pid, 'SIGKILL');
}

/** A stop that was requested before the leader exited. */
export interface RequestedStop {
  /** Monotonic ms from which leftovers get SIGKILL. */
  readonly killAt: number;
  /** Null: it is not known who has received SIGTERM. */
  readonly termination: Termination | null;
}

interface Leftovers {
  readonly wereFound: boolean;
  /** Epoch ms of the last scan, which found no process. */
  readonly goneAt: number;
  readonly leakedPids: readonly number[];
}

/**
 * Stops the processes that a leader left, until two scans in a row find none: SIGTERM once to
 * each that was there at the stop, which is now where none was requested; SIGKILL later to all.
 */
export async function stopLeftovers(
  tree: ProcessTree,
  stop: RequestedStop | null,
  graceMs: number,
): Promise<Leftovers> {
  const signalled = new Set(stop?.termination?.signalled);
  let isEarlier = stop?.termination?.isEarlier;
  let deadline = stop?.killAt;
  let wereFound = false;
  let killedAt: number | null = null;
  for (let emptyScans = 0; ;) {
    const pids = await livePids(tree);
    const now = performance.now();
    if (pids.length === 0) {
      if (++emptyScans === 2) return { wereFound, goneAt: livenessNow(), leakedPids: [] };
      continue;
    }
    wereFound = true;
    emptyScans = 0;
    deadline ??= now + Math.min(graceMs, LEFTOVER_GRACE_MS);
    if (killedAt !== null && now > killedAt + KILL_TIMEOUT_MS)
      return { wereFound, goneAt: livenessNow(), leakedPids: pids };
    if (now >= deadline) {
      killedAt ??= now;
      await tree.cgroup?.kill();
      for (const pid of pids) sendSignal(pid, 'SIGKILL');
    } else {
      isEarlier ??= startedByNow();
      for (const pid of pids.filter((pid) => !signalled.has(pid)).filter(isEarlier)) {
        sendSignal(pid, 'SIGTERM');
        signalled.add(pid);
      }
    }
    await sleep(POLL_MS);
  }
}
