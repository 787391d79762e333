/** Lets a loop sleep until its next work is due, and wakes it for work that is due earlier. */
export class WakeupTimer {
  /** The earliest requested wakeup, monotonic ms. */
  private wakeAt = Infinity;
  private reschedule: () => void = () => undefined;

  /** Ends the current sleep, or the next one, in `ms` at the latest. */
  scheduleIn(ms: number): void {
    this.wakeAt = Math.min(this.wakeAt, performance.now() + ms);
    this.reschedule();
  }

  /** Sleeps for `ms`, or until a scheduled wakeup or `stop`. Never rejects. */
  sleep(ms: number, stop: AbortSignal): Promise<void> {
    const until = performance.now() + ms;
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const end = () => {
        clearTimeout(timer);
        this.reschedule = () => undefined;
        this.wakeAt = Infinity;
        stop.removeEventListener('abort', end);
        resolve();
      };
      this.reschedule = () => {
        clearTimeout(timer);
        // A timer may fire up to 1 ms before it is due: the loop would then find no work.
        timer = setTimeout(end, Math.ceil(Math.min(until, this.wakeAt) - performance.now()) + 1);
      };
      stop.addEventListener('abort', end, { once: true });
      if (stop.aborted) end();
      else this.reschedule();
    });
  }
}
