import { livenessNow } from './clock';

/** A clock other than the platform's: it stands still, or runs ahead of liveness time. */
export interface TenantClock {
  readonly tenant: number;
  /** Epoch ms; null: it runs. */
  readonly pinnedAtMs: number | null;
  /** Ms; null: it stands still. */
  readonly aheadMs: number | null;
}

const clocks = new Map<number, TenantClock>();
const listeners = new Set<() => void>();

/** Replaces what this process knows of the clocks, and wakes what waits for an instant. */
export function setTenantClocks(current: readonly TenantClock[]): void {
  clocks.clear();
  for (const clock of current) clocks.set(clock.tenant, clock);
  for (const listener of [...listeners]) listener();
}

/** Calls back after each change of a clock. Returns a function that ends it. */
export function onClockChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Domain time on this host, epoch ms with microseconds: what users plan with, by the clock of a
 * tenant. Rows are ordered by SQL's `platform_now()`.
 */
export function platformNow(tenant: number | null): number {
  const clock = tenant === null ? undefined : clocks.get(tenant);
  return clock?.pinnedAtMs ?? livenessNow() + (clock?.aheadMs ?? 0);
}
