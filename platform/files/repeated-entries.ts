/** Between two entries of one kind; it doubles up to ten minutes. */
const INTERVAL_MS = { first: 10_000, longest: 600_000 };
/** A kind that is not seen for so long is over: no loop pauses longer while it fails. */
const QUIET_MS = 10_000;

interface Kind {
  readonly firstAt: number;
  lastAt: number;
  /** Since the last one that was written. */
  held: number;
  intervalMs: number;
  nextAt: number;
  readonly quiet: NodeJS.Timeout;
}

/** The entries of a kind that is over. */
export interface EndedKind {
  readonly kind: string;
  /** Entries since the last one that was written. */
  readonly repeated: number;
  /** From the first entry to the last. */
  readonly seconds: number;
}

/**
 * Entries that say the same again and again: the first of a kind is written at once, others in
 * growing intervals, and those that are held are counted. `onEnd`: a kind is over of which some
 * were held.
 */
export class RepeatedEntries {
  private readonly kinds = new Map<string, Kind>();

  constructor(private readonly onEnd: (ended: EndedKind) => void) {}

  /** How many were held since the last entry of the kind; null: this one is held, too. */
  see(kind: string): number | null {
    const now = performance.now();
    const known = this.kinds.get(kind);
    if (known === undefined) {
      const quiet = setTimeout(() => this.end(kind), QUIET_MS).unref();
      const { first } = INTERVAL_MS;
      this.kinds.set(kind, { firstAt: now, lastAt: now, held: 0, intervalMs: 2 * first, nextAt: now + first, quiet });
      return 0;
    }
    known.quiet.refresh();
    known.lastAt = now;
    if (now < known.nextAt) {
      known.held++;
      return null;
    }
    const { held, intervalMs } = known;
    Object.assign(known, { held: 0, nextAt: now + intervalMs });
    known.intervalMs = Math.min(2 * intervalMs, INTERVAL_MS.longest);
    return held;
  }

  /** Of the oldest kind that is not over; null: there is none. */
  secondsSinceFirst(): number | null {
    const [oldest] = this.kinds.values();
    return oldest === undefined ? null : secondsBetween(oldest.firstAt, performance.now());
  }

  /** All kinds are over. */
  endAll(): void {
    for (const kind of [...this.kinds.keys()]) this.end(kind);
  }

  private end(kind: string): void {
    const { quiet, held, firstAt, lastAt } = this.kinds.get(kind)!;
    clearTimeout(quiet);
    this.kinds.delete(kind);
    if (held > 0) this.onEnd({ kind, repeated: held, seconds: secondsBetween(firstAt, lastAt) });
  }
}

const secondsBetween = (from: number, to: number): number => Math.round((to - from) / 1_000);
