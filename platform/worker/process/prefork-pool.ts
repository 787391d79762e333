import type { Cgroups } from './cgroups';
import { runForNoExecution } from '../crash';
import { errorMessage } from '../../error-details';
import { coalesceRuns } from '../coalesce-runs';
import { exportableVariables, startPreforkShell, type PreforkShell } from './prefork-shell';

/**
 * Prefork shells of one worker, started before they are needed: moving a process into a control
 * group takes 10 ms after an idle period.
 */
export interface PreforkPool {
  /** Environment of the idle shells. */
  readonly variables: Readonly<Record<string, string>>;
  /** Hands a waiting shell over to the caller. Rejects where the host allows no further one. */
  acquire(): Promise<PreforkShell>;
  /** Kills the idle shells. */
  close(): Promise<void>;
}

/** Enough for consecutive programs and for a few at once. */
const MAX_IDLE = 4;
/** Delay before acquired shells are replaced, so that the acquired ones run first. */
const REFILL_DELAY_MS = 10;

interface PreforkPoolOptions {
  readonly cgroups: Pick<Cgroups, 'create'>;
  readonly variables: Readonly<Record<string, string>>;
  /** Number of programs that may run at once. */
  readonly slots: number;
  /** Receives the reason when a refill fails; the next `acquire` tries again. */
  readonly onRefillFailure: (reason: string) => void;
}

export function startPreforkPool({ cgroups, slots, onRefillFailure, ...options }: PreforkPoolOptions): PreforkPool {
  const variables = exportableVariables(options.variables);
  const maxIdle = Math.min(slots, MAX_IDLE);
  const idle: PreforkShell[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const startShell = async () => startPreforkShell(await cgroups.create(), variables);

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
    variables,
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
