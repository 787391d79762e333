import { setTimeout as pause } from 'node:timers/promises';

/** Of `performance.now()`. */
type Instant = number;

/**
 * Until when each lease lasts, as far as this worker knows. A worker that is cut off for longer
 * must stop what runs under it: it is started again elsewhere.
 */
export class LeaseWatch {
  private readonly ends = new Map<number, Instant>();
  private onChange: () => void = () => undefined;

  constructor(private readonly leaseMs: number) {}

  /** The lease was granted or renewed by a request that was sent at this instant. */
  renew(fencingTokens: readonly number[], sentAt: Instant): void {
    for (const token of fencingTokens) this.ends.set(token, sentAt + this.leaseMs);
    this.onChange();
  }

  forget(fencingToken: number): void {
    this.ends.delete(fencingToken);
  }

  get fencingTokens(): number[] {
    return [...this.ends.keys()];
  }

  /** The leases that have ended, as soon as there is one; never, once `stop` aborts. */
  async ended(stop: AbortSignal): Promise<number[]> {
    while (!stop.aborted) {
      const now = performance.now();
      const ended = [...this.ends].filter(([, end]) => end <= now).map(([token]) => token);
      if (ended.length > 0) return ended;
      const changed = new Promise<void>((resolve) => (this.onChange = resolve));
      const timer = new AbortController();
      await Promise.race([changed, this.nextEnd(now, AbortSignal.any([stop, timer.signal]))]);
      timer.abort();
    }
    return new Promise(() => undefined);
  }

  private nextEnd(now: Instant, stop: AbortSignal): Promise<void> {
    const end = Math.min(...this.ends.values());
    if (end === Infinity) return new Promise((resolve) => stop.addEventListener('abort', () => resolve()));
    return pause(end - now, undefined, { signal: stop }).catch(() => undefined);
  }
}
