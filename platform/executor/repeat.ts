import type { Logger } from 'pino';
import type { Alarm } from './alarm';

/** The longest sleep, ms: whoever was not woken looks by itself. */
const PERIOD_MS = 1_000;

/** Works, sleeps for as long as the work says (ms, a second at most) or until the alarm rings, and works again. Ends with `stop`. */
export async function repeat(
  name: string,
  work: () => Promise<number>,
  alarm: Alarm,
  stop: AbortSignal,
  log: Logger,
): Promise<void> {
  while (!stop.aborted) {
    let sleepMs = PERIOD_MS;
    try {
      sleepMs = Math.min(PERIOD_MS, await work());
    } catch (error) {
      if (!stop.aborted) log.error({ err: error }, `${name} met an error and goes on`);
    }
    if (sleepMs > 0) await alarm.sleep(sleepMs, stop);
  }
}
