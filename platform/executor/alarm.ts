/** Lets the scheduler loop sleep until the next thing is due, and be woken for something that is due sooner. */
export class Alarm {
  /** Monotonic ms of the soonest moment somebody asked for. */
  private soonest = Infinity;
  private reset: () => void = () => undefined;

  /** Ends a sleep, this one or the next, at the latest in so many ms. */
  ringIn(ms: number): void {
    this.soonest = Math.min(this.soonest, performance.now() + ms);
    this.reset();
  }

  /** Sleeps for `ms`, shorter when somebody rings or `stop` aborts. Never rejects. */
  sleep(ms: number, stop: AbortSignal): Promise<void> {
    const until = performance.now() + ms;
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const end = () => {
        clearTimeout(timer);
        this.reset = () => undefined;
        this.soonest = Infinity;
        stop.removeEventListener('abort', end);
        resolve();
      };
      this.reset = () => {
        clearTimeout(timer);
        // A timer may fire in the millisecond before it is due, and would then wake for nothing.
        timer = setTimeout(end, Math.ceil(Math.min(until, this.soonest) - performance.now()) + 1);
      };
      stop.addEventListener('abort', end, { once: true });
      if (stop.aborted) end();
      else this.reset();
    });
  }
}
