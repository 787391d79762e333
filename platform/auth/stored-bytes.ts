import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Transaction } from '../store/database/connection';

/** How long a measurement is used, ms. */
const LIFETIME_MS = 30_000;
/** A tenant that is over its limit is measured again after this time: it may have deleted. */
const RETRY_MS = 1_000;
/** A request waits no longer for a count of files, ms. */
const COUNT_LIMIT_MS = 1_000;
/** Measuring takes at most this part of the time. */
const PAUSE_PER_DURATION = 100;

interface Measurement {
  /** With what was counted since. */
  bytes: number;
  readonly takenAt: number;
  readonly durationMs: number;
}

/**
 * What each tenant keeps in the database and in files, those of its programs too: measured from
 * time to time, plus what was counted since. Instants are monotonic ms.
 */
export class StoredBytes {
  /** As counted last; a count that takes long is used by a later measurement. */
  private readonly files = new Map<number, number>();
  private readonly counting = new Map<number, Promise<void>>();
  private readonly measured = new Map<number, Measurement>();
  private readonly pending = new Map<number, Promise<Measurement>>();

  /** `countFiles`: bytes that programs of a tenant have written to files. */
  constructor(private readonly countFiles: (tenant: number) => Promise<number>) {}

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
    const measurement = this.measure(transaction, tenant).finally(() => this.pending.delete(tenant));
    this.pending.set(tenant, measurement);
    const taken = await measurement;
    this.measured.set(tenant, taken);
    return taken;
  }

  /** `tenant`: of the transaction. */
  private async measure(transaction: Transaction, tenant: number): Promise<Measurement> {
    const takenAt = performance.now();
    await Promise.race([this.count(tenant), pause(COUNT_LIMIT_MS, undefined, { ref: false })]);
    const { rows } = await sql<{ bytes: number; files: number }>`
      select stored_bytes() as bytes, stored_file_bytes() as files`.execute(transaction);
    const { bytes, files } = rows[0]!;
    const uncounted = Math.max(0, (this.files.get(tenant) ?? 0) - files);
    return { bytes: bytes + uncounted, takenAt, durationMs: performance.now() - takenAt };
  }

  private count(tenant: number): Promise<void> {
    const running = this.counting.get(tenant);
    if (running) return running;
    const count = this.countFiles(tenant)
      .then((bytes) => void this.files.set(tenant, bytes))
      .finally(() => this.counting.delete(tenant));
    count.catch(() => undefined); // awaited, unless it takes too long
    this.counting.set(tenant, count);
    return count;
  }
}
