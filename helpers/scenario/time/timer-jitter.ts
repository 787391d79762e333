const TICK_MS = 20;

/** Measures how late the timers of this process fire. */
export interface TimerJitter {
  worstMs(): number;
  stop(): void;
}

export function measureTimerJitter(): TimerJitter {
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
