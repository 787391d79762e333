import { ifReadable } from './if-readable';

/** The rows that a wait is about, at one instant. */
export interface Activity {
  /** Differs after every change of the rows. */
  readonly state: string;
  /** Instant of the last change, as recorded; null: nothing is recorded. */
  readonly changedAt: string | null;
  /** What has not ended, as phrases. */
  readonly open: readonly string[];
  /** What runs, or is due at a later instant, as phrases: it may still change the rows. */
  readonly pending: readonly string[];
  /** Whether the rows are final: no change has to be waited for. */
  readonly isFinal: boolean;
  /** The clock of the tenant stands still, and nothing is due by it or in flight. */
  readonly isSettled: boolean;
}

/** Time without a change, and with nothing due or running, after which none is expected, ms. */
const QUIET_MS = 8_000;
/** Until the first look, and between two: most waits end earlier. */
const LOOK_INTERVAL_MS = 1_500;
/** While something runs or is due, each look costs requests and ends nothing. */
const PENDING_INTERVAL_MS = 4_000;

/** Notices that nothing will change the rows of a wait any more. */
export class Standstill {
  private lookedAt: number;
  private stillSince: number;
  private last: Activity | null = null;

  constructor(
    private readonly read: () => Promise<Activity>,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.lookedAt = this.stillSince = now();
  }

  /** Why the wait can end; null while something may happen, and between two looks. */
  async check(): Promise<string | null> {
    const { last } = this;
    const wasPending = (last?.pending.length ?? 0) > 0;
    if (this.now() - this.lookedAt < (wasPending ? PENDING_INTERVAL_MS : LOOK_INTERVAL_MS)) return null;
    const activity = await ifReadable(this.read());
    const now = (this.lookedAt = this.now());
    if (activity === null) return null;
    if (wasPending || activity.state !== last?.state) this.stillSince = now;
    this.last = activity;
    if (activity.pending.length > 0) return null;
    if (activity.isFinal) return describeOpen(activity);
    // What ended between the last check and the first such look is seen by the next check.
    const isOver = activity.isSettled && last?.isSettled === true && activity.state === last.state;
    if (!isOver && now - this.stillSince < QUIET_MS) return null;
    const since = activity.changedAt ?? 'the start of the wait';
    return `nothing has moved since ${since}, and nothing is due or in flight: ${describeOpen(activity)}`;
  }

  /** What was still running or due at the last look; empty without one. */
  pendingText(): string {
    const { pending = [] } = this.last ?? {};
    return pending.length === 0 ? '' : `, with this in flight or due: ${pending.join('; ')}`;
  }
}

/** The evidence contains all of them. */
const MAX_OPEN = 3;

function describeOpen({ open }: Activity): string {
  if (open.length === 0) return 'all has ended';
  const more = open.length > MAX_OPEN ? [`and ${open.length - MAX_OPEN} more`] : [];
  return [...open.slice(-MAX_OPEN), ...more].join('; ');
}
