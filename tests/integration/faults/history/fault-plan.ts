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
    await platform.waitUntilNoneRunsAlone();
    await signalWorker(platform, pick, 'SIGKILL');
  },
  'stall a worker': async (platform, pick) => {
    const resume = await signalWorker(platform, pick, 'SIGSTOP');
    await pause(1.5 * LEASE_MS);
    resume('SIGCONT');
  },
  'cut every connection': async (platform) => {
    await platform.owner.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    );
  },
  'kill a process of PostgreSQL': async (platform, pick) => {
    const pid = pickOf(await platform.databaseProcesses(), pick)!;
    signalProcess(pid, 'SIGKILL');
    await platform.waitForRecovery(pid);
  },
} satisfies Record<string, Inject>;

export type FaultName = keyof typeof FAULTS;

const ALL = Object.keys(FAULTS) as FaultName[];

export interface PlannedFault {
  readonly fault: FaultName;
  /** After the fault before it, ms. */
  readonly delayMs: number;
  readonly pick: number;
}

const FAULTS_PER_MIX = 4;
const MAX_DELAY_MS = 1_200;

/** The same arguments give the same plan. */
export function planFaults(seed: number, count = FAULTS_PER_MIX, names: readonly FaultName[] = ALL): PlannedFault[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({
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
async function signalWorker(platform: FaultPlatform, pick: number, name: NodeJS.Signals) {
  const pid = pickOf(await platform.workers(), pick);
  signalProcess(pid, name);
  return (again: NodeJS.Signals): void => signalProcess(pid, again);
}

const pickOf = (pids: readonly number[], pick: number): number | undefined => pids[pick % Math.max(1, pids.length)];

function signalProcess(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has exited by itself
  }
}
