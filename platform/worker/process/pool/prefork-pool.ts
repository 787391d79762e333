import type { Cgroups } from '../cgroups';
import type { Isolation } from '../../isolation/isolation';
import type { ConfinementKind } from '../../isolation/confinement-spec';
import { startInterpreterPool } from './interpreter-pool';
import { startWarmPool, type WarmPool } from './warm-pool';
import type { PreforkProcess, SpawnCommand } from './prefork-process';
import { canExec, exportableVariables, startPreforkShell } from './prefork-shell';
import { keepRecentlyUsed } from './lru';

/**
 * Waiting processes of one worker, started before they are needed: moving a process into a control
 * group takes 10 ms after an idle period, and a confinement takes milliseconds, too.
 */
export interface PreforkPool {
  readonly isConfined: boolean;
  /** Whether its processes can execute the command as given. */
  canExec(command: SpawnCommand): boolean;
  /**
   * Hands over a process of that kind, which waits for the command. Rejects where the host allows
   * no further one.
   */
  acquire(kind: ConfinementKind, command: SpawnCommand): Promise<PreforkProcess>;
  /** Kills those that wait. */
  close(): Promise<void>;
}

/** Enough for consecutive programs and for a few at once. */
const MAX_IDLE = 4;
/** The kinds used last keep waiting processes. */
const MAX_KINDS = 8;
/** Of all programs, where they are not confined. */
const UNCONFINED: ConfinementKind = { tenant: 0, network: 'full' };

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
  const pools = keepRecentlyUsed<WarmPool>(MAX_KINDS, (pool) => pool);

  const poolOf = (kind: ConfinementKind): WarmPool => {
    const key = `${kind.tenant} ${kind.network}`;
    const start = async () => {
      const cgroup = (await options.cgroups?.create(kind.tenant)) ?? null;
      return isolation === null ? startPreforkShell(cgroup, variables) : isolation.start(kind, cgroup);
    };
    const maxIdle = Math.min(options.slots, MAX_IDLE);
    const pool = pools.get(key) ?? startWarmPool({ start, maxIdle, onRefillFailure: options.onRefillFailure });
    pools.set(key, pool);
    return pool;
  };

  const interpreters = interpreterPool({ ...options, isolation }, variables);
  if (isolation === null) poolOf(UNCONFINED);
  return {
    isConfined: isolation !== null,
    canExec: (command) => isolation !== null || canExec(command, variables),
    acquire: async (kind, command) =>
      (await interpreters?.take(kind, command)) ?? poolOf(isolation === null ? UNCONFINED : kind).acquire(),
    close: async () => {
      await interpreters?.close();
      await pools.close();
    },
  };
}

/**
 * Null: without a confinement and a control group, an interpreter that waits is not found by its
 * mark.
 */
function interpreterPool(
  { isolation, cgroups, onRefillFailure }: Pick<PreforkPoolOptions, 'isolation' | 'cgroups' | 'onRefillFailure'>,
  variables: Readonly<Record<string, string>>,
) {
  if (isolation == null || cgroups === null) return null;
  return startInterpreterPool({
    start: async (kind, interpreter) => isolation.start(kind, await cgroups.create(kind.tenant), interpreter),
    variables,
    onRefillFailure,
  });
}
