import type { Cgroups } from './cgroups';
import { runForNoExecution } from '../crash';
import { errorMessage } from '../../error-details';
import { coalesceRuns } from '../coalesce-runs';
import type { SandboxKind, ShellCommand } from '../isolation/sandbox-command';
import { exportableVariables, startPreforkShell, type PreforkShell } from './prefork-shell';

/**
 * Prefork shells of one worker, started before they are needed: moving a process into a control
 * group takes 10 ms after an idle period, and a sandbox takes about as long.
 */
export interface PreforkPool {
  /** Environment of the idle shells. */
  readonly variables: Readonly<Record<string, string>>;
  readonly isConfined: boolean;
  /**
   * Hands a waiting shell of that kind over to the caller. Rejects where the host allows no
   * further one.
   */
  acquire(kind: SandboxKind): Promise<PreforkShell>;
  /** Kills the idle shells. */
  close(): Promise<void>;
}

/** Enough for consecutive programs and for a few at once. */
const MAX_IDLE = 4;
/** The kinds used last keep idle shells. */
const MAX_KINDS = 8;
/** Delay before acquired shells are replaced, so that the acquired ones run first. */
const REFILL_DELAY_MS = 10;
/** Of all programs, where shells are not confined. */
const UNCONFINED: SandboxKind = { tenant: 0, network: 'full' };

interface PreforkPoolOptions {
  /** Null where the host allows no control groups. */
  readonly cgroups: Pick<Cgroups, 'create'> | null;
  readonly variables: Readonly<Record<string, string>>;
  /** Number of programs that may run at once. */
  readonly slots: number;
  /** The command of a confined shell; null: shells are not confined. */
  readonly shellFor?: ((kind: SandboxKind) => Promise<ShellCommand>) | null;
  /** Receives the reason when a refill fails; the next `acquire` tries again. */
  readonly onRefillFailure: (reason: string) => void;
}

/** Keeps idle shells of each of the kinds used last. */
export function startPreforkPool({ shellFor = null, ...options }: PreforkPoolOptions): PreforkPool {
  const variables = exportableVariables(options.variables);
  const pools = new Map<string, KindPool>();
  const closing = new Set<Promise<void>>();
  const closePool = (pool: KindPool) => {
    const closed = pool.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };

  const poolOf = (kind: SandboxKind): KindPool => {
    const key = `${kind.tenant} ${kind.network}`;
    const startShell = async () =>
      startPreforkShell((await options.cgroups?.create()) ?? null, variables, (await shellFor?.(kind)) ?? null);
    const pool = pools.get(key) ?? startKindPool(startShell, options);
    pools.delete(key); // the order of the map is that of the last use
    pools.set(key, pool);
    for (const [leastRecent, unused] of [...pools].slice(0, -MAX_KINDS)) {
      pools.delete(leastRecent);
      closePool(unused);
    }
    return pool;
  };

  if (shellFor === null) poolOf(UNCONFINED);
  return {
    variables,
    isConfined: shellFor !== null,
    acquire: (kind) => poolOf(shellFor === null ? UNCONFINED : kind).acquire(),
    close: async () => {
      for (const pool of pools.values()) closePool(pool);
      pools.clear();
      await Promise.all(closing);
    },
  };
}

interface KindPool {
  acquire(): Promise<PreforkShell>;
  close(): Promise<void>;
}

function startKindPool(
  startShell: () => Promise<PreforkShell>,
  { slots, onRefillFailure }: Pick<PreforkPoolOptions, 'slots' | 'onRefillFailure'>,
): KindPool {
  const maxIdle = Math.min(slots, MAX_IDLE);
  const idle: PreforkShell[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const refill = async () => {
    while (!isClosed && idle.length < maxIdle) idle.push(await startShell());
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

  const nextIdle = async (): Promise<PreforkShell> => {
    for (let shell = idle.shift(); shell; shell = idle.shift()) {
      if (shell.isWaiting()) return shell;
      await shell.close(); // it was killed from outside
    }
    return startShell();
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
      await Promise.all(idle.splice(0).map((shell) => shell.close()));
    },
  };
}
