const TICK_MS = 20;

/** Watches how late this process's own timers come: J of the suite's time rules. */
export interface Jitter {
  worstMs(): number;
  stop(): void;
}

export function watchJitter(): Jitter {
  let worst = 0;
  let last = performance.now();
  const ticker = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - TICK_MS);
    last = now;
  }, TICK_MS);
  ticker.unref();
  return { worstMs: () => worst, stop: () => clearInterval(ticker) };
}
