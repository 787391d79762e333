interface GateLimits {
  /** How long recovery waits after the database's return: workers renew their leases, ms. */
  readonly leaseMs: number;
  /** Two answers that are further apart mean that the database was away in between, ms. */
  readonly silenceMs: number;
}

/**
 * Decides whether expired leases mean lost workers. While the database is away no worker can renew
 * its leases: when it returns, all have expired, and what they protect still runs.
 */
export class RecoveryGate {
  private answeredAt: number | null = null;
  private closedUntil = -Infinity;

  constructor(private readonly limits: GateLimits) {}

  /** The database has answered at `nowMs`. Returns whether that answer may be acted on. */
  recordAnswer(nowMs: number): boolean {
    const { leaseMs, silenceMs } = this.limits;
    if (this.answeredAt !== null && nowMs - this.answeredAt > silenceMs) this.closedUntil = nowMs + leaseMs;
    this.answeredAt = nowMs;
    return nowMs >= this.closedUntil;
  }

  /** A statement failed: the next answer is the return of the database. */
  recordFailure(): void {
    this.answeredAt = -Infinity;
  }
}
