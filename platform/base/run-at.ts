import { onClockChange } from './tenant-clocks';

/** A longer delay overflows Node's timers. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Calls back once, at the instant of the clock (epoch ms), or now where that has passed. Returns a
 * function that cancels it.
 */
export function runAt(clock: () => number, instant: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => {
    clearTimeout(timer);
    ignoreClocks();
  };
  const schedule = () => {
    clearTimeout(timer);
    const remainingMs = instant - clock();
    if (remainingMs <= 0) {
      cancel();
      return callback();
    }
    timer = setTimeout(schedule, Math.min(remainingMs, MAX_TIMER_MS));
    timer.unref();
  };
  const ignoreClocks = onClockChange(schedule);
  schedule();
  return cancel;
}
