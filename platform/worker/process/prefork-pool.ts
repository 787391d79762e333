import type { Cgroups } from './cgroups';
import { runForNoExecution } from '../crash';
import { errorMessage } from '../../error-details';
import { coalesceRuns } from '../coalesce-runs';
import type { Isolation } from '../isolation/isolation';
import type { SandboxKind } from '../isolation/sandbox-spec';
import type { PreforkProcess, SpawnCommand } from './prefork-process';
import { canExec, exportableVariables, startPreforkShell } from './prefork-shell';

/**
 * Waiting processes of one worker, started before they are needed: moving a process into a control
 * group takes 10 ms after an idle period, and a sandbox takes milliseconds, too.
 */
export interface PreforkPool {
  readonly isConfined: boolean;
  /** Whether its processes can execute the command as given. */
  canExec(command: SpawnCommand): boolean;
  /**
   * Hands a waiting process of that kind over to the caller. Rejects where the host allows no
   * further one.
   */
  acquire(kind: SandboxKind): Promise<PreforkProcess>;
  /** Kills those that wait. */
  close(): Promise<void>;
}

/** Enough for consecutive programs and for a few at once. */
const MAX_IDLE = 4;
/** The kinds used last keep waiting processes. */
const MAX_KINDS = 8;
/** Delay before acquired processes are replaced, so that the acquired ones run first. */
const REFILL_DELAY_MS = 10;
/** Of all programs, where they are not confined. */
const UNCONFINED: SandboxKind = { tenant: 0, network: 'full' };

interface PreforkPoolOptions {
  /** Null where the host allows no control groups. */
  readonly cgroups: Pick<Cgroups, 'create'> | null;
  readonly variables: Readonly<Record<string, string>>;
  /** Number of programs that may run at once. */
  readonly slots: number;
  /** Absent or null: programs are not confined. */
  readonly isolation?: Pick<Isolation, 'start'> | null;
  /** Receives the reason when a refill fails; the next `acquire` tries again. */
  readonly onRefillFailure: (reason: string) => void;
}

/** Keeps idle processes of each of the kinds used last. */
export function startPreforkPool({ isolation = null, ...options }: PreforkPoolOptions): PreforkPool {
  const variables = exportableVariables(options.variables);
  const pools = new Map<string, KindPool>();
  const closing = new Set<Promise<void>>();
  const closePool = (pool: KindPool) => {
    const closed = pool.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };

  const poolOf = (kind: SandboxKind): KindPool => {
    const key = `${kind.tenant} ${kind.network}`;
    const start = async () => {
      const cgroup = (await options.cgroups?.create()) ?? null;
      return isolation === null ? startPreforkShell(cgroup, variables) : isolation.start(kind, cgroup);
    };
    const pool = pools.get(key) ?? startKindPool(start, options);
    pools.delete(key); // the order of the map is that of the last use
    pools.set(key, pool);
    for (const [leastRecent, unused] of [...pools].slice(0, -MAX_KINDS)) {
      pools.delete(leastRecent);
      closePool(unused);
    }
    return pool;
  };

  if (isolation === null) poolOf(UNCONFINED);
  return {
    isConfined: isolation !== null,
    canExec: (command) => isolation !== null || canExec(command, variables),
    acquire: (kind) => poolOf(isolation === null ? UNCONFINED : kind).acquire(),
    close: async () => {
      for (const pool of pools.values()) closePool(pool);
      pools.clear();
      await Promise.all(closing);
    },
  };
}

interface KindPool {
  acquire(): Promise<PreforkProcess>;
  close(): Promise<void>;
}

function startKindPool(
  start: () => Promise<PreforkProcess>,
  { slots, onRefillFailure }: Pick<PreforkPoolOptions, 'slots' | 'onRefillFailure'>,
): KindPool {
  const maxIdle = Math.min(slots, MAX_IDLE);
  const idle: PreforkProcess[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const refill = async () => {
    while (!isClosed && idle.length < maxIdle) idle.push(await start());
  };
  const refills = coalesceRuns(refill, (error) => onRefillFailure(errorMessage(error)));

  const scheduleRefill = () => {
    if (isClosed || timer !== undefined) return;
    timer = runForNoExecution(() =>
      setTimeout(() => {
        timer = undefined;
        refills.request();
      }, REFILL_DELAY_MS),
    );
  };

  const nextIdle = async (): Promise<PreforkProcess> => {
    for (let next = idle.shift(); next; next = idle.shift()) {
      if (next.isWaiting()) return next;
      await next.close(); // it was killed from outside
    }
    return start();
  };

  scheduleRefill();
  return {
    acquire: () => {
      scheduleRefill();
      return nextIdle();
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await refills.stop();
      await Promise.all(idle.splice(0).map((waiting) => waiting.close()));
    },
  };
}
