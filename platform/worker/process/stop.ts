import { setTimeout as sleep } from 'node:timers/promises';
import { livenessNow } from '../../base/clock';
import { livePids, livePidsOutsideGroup, sendSignal, type ProcessTree } from './process-table';

const POLL_MS = 10;
/**
 * Longest time between SIGTERM and SIGKILL for the leftovers of a program that exited by itself.
 */
const LEFTOVER_GRACE_MS = 1_000;
/** A process that survives SIGKILL for this long hangs in the kernel. */
const KILL_TIMEOUT_MS = 2_000;

/** Signals the process group at once, then each descendant that left it. */
export async function signalTree(tree: ProcessTree, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  sendSignal(-tree.processGroup, signal);
  if (signal === 'SIGKILL') await tree.cgroup?.kill();
  for (const pid of await livePidsOutsideGroup(tree)) sendSignal(pid, signal);
}

interface Leftovers {
  readonly wereFound: boolean;
  /** Epoch ms of the last scan, which found no process. */
  readonly goneAt: number;
  readonly leakedPids: readonly number[];
}

/**
 * Stops the processes that a leader left, until two scans in a row find none: SIGTERM once to
 * each, SIGKILL from `killAt` on (monotonic ms; null: no stop was requested yet).
 */
export async function stopLeftovers(tree: ProcessTree, killAt: number | null, graceMs: number): Promise<Leftovers> {
  const signalled = new Set<number>();
  let deadline = killAt;
  let killedAt: number | null = null;
  for (let emptyScans = 0; ;) {
    const pids = await livePids(tree);
    const now = performance.now();
    if (pids.length === 0) {
      if (++emptyScans === 2) return { wereFound: signalled.size > 0, goneAt: livenessNow(), leakedPids: [] };
      continue;
    }
    emptyScans = 0;
    deadline ??= now + Math.min(graceMs, LEFTOVER_GRACE_MS);
    if (killedAt !== null && now > killedAt + KILL_TIMEOUT_MS)
      return { wereFound: true, goneAt: livenessNow(), leakedPids: pids };
    if (now >= deadline) {
      killedAt ??= now;
      await tree.cgroup?.kill();
    }
    for (const pid of pids) {
      if (now >= deadline) sendSignal(pid, 'SIGKILL');
      else if (!signalled.has(pid)) sendSignal(pid, 'SIGTERM');
      signalled.add(pid);
    }
    await sleep(POLL_MS);
  }
}
