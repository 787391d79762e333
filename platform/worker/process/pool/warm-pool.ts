import { runForNoExecution } from '../../crash';
import { errorMessage } from '../../../base/error-details';
import { coalesceRuns } from '../../../base/async/coalesce-runs';
import type { PreforkProcess } from './prefork-process';

/** Processes of one kind that wait for a program. */
export interface WarmPool {
  /** Hands a waiting process over; null: none waits now. */
  take(): Promise<PreforkProcess | null>;
  /** The same; starts one where none waits. */
  acquire(): Promise<PreforkProcess>;
  /** Kills those that wait. */
  close(): Promise<void>;
}

export interface WarmPoolOptions {
  start(): Promise<PreforkProcess>;
  readonly maxIdle: number;
  /**
   * Receives the reason when a refill fails; the next process that is taken causes another one.
   */
  readonly onRefillFailure: (reason: string) => void;
}

/** Delay before processes that were taken are replaced, so that these run first. */
const REFILL_DELAY_MS = 10;

export function startWarmPool({ start, maxIdle, onRefillFailure }: WarmPoolOptions): WarmPool {
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

  const take = async (): Promise<PreforkProcess | null> => {
    scheduleRefill();
    for (let next = idle.shift(); next; next = idle.shift()) {
      if (next.isWaiting()) return next;
      await next.close(); // it was killed from outside
    }
    return null;
  };

  scheduleRefill();
  return {
    take,
    acquire: async () => (await take()) ?? start(),
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await refills.stop();
      await Promise.all(idle.splice(0).map((waiting) => waiting.close()));
    },
  };
}
