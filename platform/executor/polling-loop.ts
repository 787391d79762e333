import type { Logger } from 'pino';
import type { WakeupTimer } from './wakeup-timer';

/** The longest sleep: a lost notification delays the work by no more than this. */
const MAX_SLEEP_MS = 1_000;

/**
 * Repeats `work` until `stop`, with pauses of the ms that `work` returns, a second at most, or
 * until `wakeup` fires.
 */
export async function runPollingLoop(
  name: string,
  work: () => Promise<number>,
  wakeup: WakeupTimer,
  stop: AbortSignal,
  log: Logger,
): Promise<void> {
  while (!stop.aborted) {
    let sleepMs = MAX_SLEEP_MS;
    try {
      sleepMs = Math.min(MAX_SLEEP_MS, await work());
    } catch (error) {
      if (!stop.aborted) log.error({ err: error }, `${name} failed, and is tried again`);
    }
    if (sleepMs > 0) await wakeup.sleep(sleepMs, stop);
  }
}
