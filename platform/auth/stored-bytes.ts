import { sql } from 'kysely';
import type { Transaction } from '../store/database/connection';

/** How long a measurement is used, ms. */
const LIFETIME_MS = 30_000;
/** A tenant that is over its limit is measured again after this time: it may have deleted. */
const RETRY_MS = 1_000;
/** Measuring takes at most this part of the time. */
const PAUSE_PER_DURATION = 100;

interface Measurement {
  /** With what was counted since. */
  bytes: number;
  readonly takenAt: number;
  readonly durationMs: number;
}

/**
 * What each tenant keeps in the database and in files: measured from time to time, plus what was
 * counted since. Instants are monotonic ms.
 */
export class StoredBytes {
  private readonly measured = new Map<number, Measurement>();
  private readonly pending = new Map<number, Promise<Measurement>>();

  /** What the tenant would keep with `bytes` more; counts them only up to `maximum`. */
  async add(transaction: Transaction, tenant: number, bytes: number, maximum: number): Promise<number> {
    let known = await this.current(transaction, tenant, LIFETIME_MS);
    if (known.bytes + bytes > maximum) known = await this.current(transaction, tenant, RETRY_MS);
    const total = known.bytes + bytes;
    if (total <= maximum) known.bytes = total;
    return total;
  }

  /** A measurement of at most this age; of a greater one where it took long. */
  private async current(transaction: Transaction, tenant: number, lifetimeMs: number): Promise<Measurement> {
    const known = this.measured.get(tenant);
    const isFresh = (of: Measurement) =>
      performance.now() - of.takenAt < Math.max(lifetimeMs, of.durationMs * PAUSE_PER_DURATION);
    if (known && isFresh(known)) return known;
    const pending = this.pending.get(tenant);
    if (pending) return known ?? pending;
    const measurement = measure(transaction).finally(() => this.pending.delete(tenant));
    this.pending.set(tenant, measurement);
    const taken = await measurement;
    this.measured.set(tenant, taken);
    return taken;
  }
}

/** Of the transaction's tenant. */
async function measure(transaction: Transaction): Promise<Measurement> {
  const takenAt = performance.now();
  const { rows } = await sql<{ bytes: number }>`select stored_bytes() as bytes`.execute(transaction);
  return { bytes: rows[0]!.bytes, takenAt, durationMs: performance.now() - takenAt };
}
