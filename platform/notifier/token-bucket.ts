import { hostNow } from '../base/clock';

/** Units of a full bucket, and units added each second. */
const BURST_UNITS = 2_000;
const UNITS_PER_SECOND = 200;
const BYTES_PER_UNIT = 1_024;

/**
 * Limits what a client sends: a frame takes one unit, and one for each whole KiB of it. `now`:
 * epoch ms.
 */
export class TokenBucket {
  private available = BURST_UNITS;
  private refilledAt: number;

  constructor(now = hostNow()) {
    this.refilledAt = now;
  }

  /** False when too few units were left. */
  take(bytes: number, now = hostNow()): boolean {
    this.available = Math.min(
      BURST_UNITS,
      this.available + (Math.max(0, now - this.refilledAt) / 1_000) * UNITS_PER_SECOND,
    );
    this.refilledAt = now;
    this.available -= 1 + Math.floor(bytes / BYTES_PER_UNIT);
    return this.available >= 0;
  }
}
