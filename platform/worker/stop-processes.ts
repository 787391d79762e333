import { setTimeout as sleep } from 'node:timers/promises';
import { hostNow } from '../clock';
import { livingOf, outside, send, type Family } from './process-table';

const LOOK_MS = 10;
/** A child left behind by a program that has ended is asked politely for this long at most. */
const LEFTOVER_GRACE_MS = 1_000;
/** What outlives KILL for so long hangs in the kernel. */
const KILL_WAIT_MS = 2_000;

/** A signal to a process group at once, and then to every descendant that left it. */
export async function signalAll(family: Family, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  send(-family.group, signal);
  if (signal === 'SIGKILL') await family.cgroup?.kill();
  for (const pid of await outside(family)) send(pid, signal);
}

export interface Leftovers {
  readonly found: boolean;
  /** Epoch ms of the look that saw nobody. */
  readonly goneAt: number;
  readonly leaked: readonly number[];
}

/**
 * Ends what an attempt's leader left behind, until two looks in a row see nobody: TERM once to each, KILL from `killAt`
 * (monotonic ms; null: nobody was asked to stop yet) on.
 */
export async function stopLeftovers(family: Family, killAt: number | null, graceMs: number): Promise<Leftovers> {
  const asked = new Set<number>();
  let deadline = killAt;
  for (let quiet = 0; ;) {
    const living = await livingOf(family);
    const now = performance.now();
    if (living.length === 0) {
      if (++quiet === 2) return { found: asked.size > 0, goneAt: hostNow(), leaked: [] };
      continue;
    }
    quiet = 0;
    deadline ??= now + Math.min(graceMs, LEFTOVER_GRACE_MS);
    if (now > deadline + KILL_WAIT_MS) return { found: true, goneAt: hostNow(), leaked: living };
    if (now >= deadline) await family.cgroup?.kill();
    for (const pid of living) {
      if (now >= deadline) send(pid, 'SIGKILL');
      else if (!asked.has(pid)) send(pid, 'SIGTERM');
      asked.add(pid);
    }
    await sleep(LOOK_MS);
  }
}
