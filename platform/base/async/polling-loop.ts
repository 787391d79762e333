import type { Logger } from 'pino';
import type { WakeupTimer } from './wakeup-timer';

/** The longest sleep of a loop that nothing wakes. */
const MAX_SLEEP_MS = 60_000;
/** Pause after an error. */
const RETRY_MS = 1_000;

/**
 * Repeats `work` until `stop`, with pauses of the ms that `work` returns, a minute at most, or
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
    let sleepMs = RETRY_MS;
    try {
      sleepMs = Math.min(MAX_SLEEP_MS, await work());
    } catch (error) {
      if (!stop.aborted) log.error({ err: error }, `${name} failed, and is tried again`);
    }
    if (sleepMs > 0) await wakeup.sleep(sleepMs, stop);
  }
}
