import { setTimeout as pause } from 'node:timers/promises';
import { LEASE_MS, type FaultPlatform } from '../fault-platform';
import { seededRandom } from './seeded-random';

type Inject = (platform: FaultPlatform, pick: number) => Promise<void>;

/** Every fault leaves a platform that can recover by itself, or restarts what it ended. */
const FAULTS = {
  'kill the platform': async (platform) => {
    await platform.kill();
    await platform.boot();
  },
  'kill a worker': async (platform, pick) => {
    await signal(platform, pick, 'SIGKILL');
  },
  'stall a worker': async (platform, pick) => {
    const resume = await signal(platform, pick, 'SIGSTOP');
    await pause(1.5 * LEASE_MS);
    resume('SIGCONT');
  },
  'cut every connection': async (platform) => {
    await platform.owner.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    );
  },
} satisfies Record<string, Inject>;

type FaultName = keyof typeof FAULTS;

export interface PlannedFault {
  readonly fault: FaultName;
  /** After the fault before it, ms. */
  readonly delayMs: number;
  readonly pick: number;
}

const FAULTS_PER_MIX = 4;
const MAX_DELAY_MS = 1_200;

/** The same seed gives the same plan. */
export function planFaults(seed: number): PlannedFault[] {
  const random = seededRandom(seed);
  const names = Object.keys(FAULTS) as FaultName[];
  return Array.from({ length: FAULTS_PER_MIX }, () => ({
    fault: names[random(names.length)]!,
    delayMs: random(MAX_DELAY_MS),
    pick: random(1_000),
  }));
}

export async function injectFaults(platform: FaultPlatform, plan: readonly PlannedFault[]): Promise<void> {
  for (const { fault, delayMs, pick } of plan) {
    await pause(delayMs);
    await FAULTS[fault](platform, pick);
  }
}

/** Signals one worker process, if there is one; returns how to signal it again. */
async function signal(platform: FaultPlatform, pick: number, name: NodeJS.Signals) {
  const pids = await platform.workers();
  const pid = pids[pick % Math.max(1, pids.length)];
  const send = (each: NodeJS.Signals): void => {
    try {
      if (pid !== undefined) process.kill(pid, each);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has exited by itself
    }
  };
  send(name);
  return send;
}
