import { hostNow } from '../clock';

/** Units that may be spent at once, and that come back each second. */
const MOST = 2_000;
const PER_SECOND = 200;
const BYTES_PER_UNIT = 1_024;

/** What a client may send: one unit a frame, and one for each whole KiB of it. `now` in ms. */
export class Allowance {
  private left = MOST;
  private at: number;

  constructor(now = hostNow()) {
    this.at = now;
  }

  /** False once it is spent. */
  spend(bytes: number, now = hostNow()): boolean {
    this.left = Math.min(MOST, this.left + (Math.max(0, now - this.at) / 1_000) * PER_SECOND);
    this.at = now;
    this.left -= 1 + Math.floor(bytes / BYTES_PER_UNIT);
    return this.left >= 0;
  }
}
