import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from 'pino';
import { instant } from '../store/database';
import type { Told } from './protocol';

/** Pauses between looks, ms: while rows come; while transactions that were not told to ring are open; asleep. */
const AWAKE_MS = 15;
const DROWSY_MS = 50;
const ASLEEP_MS = 1_000;
/** It falls asleep when no row came for so long, ms. */
const LINGER_MS = 250;
/** Rows are kept for so long after they could be read, ms: other notifiers on the same database may be behind. */
const KEEP_MS = 15_000;
/** Between two times that it clears, ms. */
const TEND_MS = 3_000;
/** Out of sight of the database for longer than this, ms: rows may be gone. */
const BLIND_MS = KEEP_MS - 5_000;
const RECONNECT_MS = 250;

/** As in 0017-notifications.sql. */
const SLEEPING = 7_041_985;
/** Whoever holds it tells the channels of the contract, and clears. */
const PUBLISHER = 7_041_986;
const BELL = 'tuningfork_notifier';
/** How the database shows it. */
const NAME = 'tuningfork-notifier';

export interface Feed {
  /** Hands over all that committed before the call, then settles. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
}

export interface Listening {
  /** Of the owner: the rows lie behind a wall without a door. */
  readonly url: string;
  readonly log: Logger;
  /** All that one look saw, in order. The next look waits for it. */
  heard(told: readonly Told[]): Promise<void>;
  /** Rows may have been missed. */
  lost(): void;
}

interface Row {
  seen: string;
  oldest: string;
  next: string;
  tenant: number | null;
  type: string;
  entity_type: string;
  entity: number;
  owner: number | null;
  payload: string;
  created: string;
}

/**
 * What this snapshot sees and the one before did not: each row once, whenever its transaction committed, and never a change
 * of a row before the one that came before it. The contract's channels are told in the same breath; a payload that
 * NOTIFY would refuse still announces its row.
 */
const LOOK = `
with this as materialized (select pg_current_snapshot() as now),
fresh as materialized (
  select n.seq, n.tenant, n.type, n.entity_type, n.entity, n.owner, n.created,
    case when octet_length(n.payload) < 7900 then n.payload
    else json_strip_nulls(json_build_object('entity_type', n.entity_type, 'entity_id', n.entity, 'id', n.entity,
      'status', n.payload::json -> 'status', 'old_status', n.payload::json -> 'old_status'))::text end as payload
  from notification_log n
  where n.xid >= pg_snapshot_xmax($1::pg_snapshot) or n.xid = any (array(select pg_snapshot_xip($1::pg_snapshot)))
), published as materialized (
  select count(pg_notify(p.type, p.payload)) from (
    select f.type, f.payload from fresh f where $2::boolean and f.entity_type <> 'rights' order by f.seq) p
)
select this.now::text as seen, pg_snapshot_xmin(this.now)::text as oldest, pg_snapshot_xmax(this.now)::text as next,
  f.tenant, f.type, f.entity_type, f.entity, f.owner, f.payload, f.created
from published, this left join fresh f on true order by f.seq`;

/** Follows `notification_log` from now on, until it is closed. Throws what the database says to the first look. */
export async function openFeed(listening: Listening): Promise<Feed> {
  const reader = new Reader(listening);
  await reader.connect();
  const following = reader.follow();
  return {
    catchUp: () => reader.catchUp(),
    close: async () => {
      reader.stop();
      await following;
    },
  };
}

class Reader {
  private line: Client | null = null;
  /** The last snapshot that was read; null before the first. */
  private seen: string | null = null;
  private readAt = performance.now();
  private publishes = false;
  private asleep = false;
  /** The oldest transaction that was open at the last look, and the first that had not begun. */
  private oldest = 0n;
  private next = 0n;
  /** Transactions before this one may have found nobody asleep, and did not ring. */
  private unaware = 0n;
  private busyAt = 0;
  private tendedAt = -Infinity;
  private waking = new AbortController();
  private waiters: (() => void)[] = [];
  private stopped = false;
  private readonly floors: { at: number; oldest: bigint }[] = [];

  constructor(private readonly listening: Listening) {}

  async connect(): Promise<void> {
    const { url, log } = this.listening;
    // What is fresh is always little, which a table that was never analysed does not say.
    const line = new Client({
      connectionString: url,
      keepAlive: true,
      application_name: NAME,
      options: '-c timezone=UTC -c enable_seqscan=off',
    });
    const gone = (error?: unknown) => {
      if (this.line !== line) return;
      this.line = null;
      log.warn({ err: error }, 'the notifier has lost its line to the database');
      this.wake();
    };
    line.on('error', gone).on('end', () => gone());
    line.on('notification', () => this.wake());
    try {
      await line.connect();
      await line.query(`listen ${BELL}`);
      if (this.seen === null) {
        const { rows } = await line.query<{ now: string }>('select pg_current_snapshot()::text as now');
        this.seen = rows[0]!.now;
      }
    } catch (error) {
      await line.end().catch(() => undefined); // what kept it from opening is the error that counts
      throw error;
    }
    this.line = line;
    this.asleep = this.publishes = false;
    this.tendedAt = -Infinity;
  }

  stop(): void {
    this.stopped = true;
    this.wake();
  }

  /** Settles after a look that began after the call. */
  catchUp(): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      this.wake();
    });
  }

  private wake(): void {
    this.waking.abort();
  }

  async follow(): Promise<void> {
    while (!this.stopped) {
      this.waking = new AbortController();
      try {
        if (!this.line) await this.connect();
        await this.tend();
        await this.look();
        await this.settle();
        await this.rest(this.pauseMs());
      } catch (error) {
        if (this.stopped) break;
        this.listening.log.error({ err: error }, 'the notifier met an error and goes on');
        await pause(RECONNECT_MS);
      }
    }
    const { line } = this;
    this.line = null;
    await line?.end();
  }

  private async query<T extends object>(text: string, values: readonly unknown[]): Promise<T[]> {
    if (!this.line) throw new Error('the notifier has no line to the database');
    return (await this.line.query<T>(text, [...values])).rows;
  }

  private async look(): Promise<void> {
    const waiting = this.waiters.length;
    const rows = await this.query<Row>(LOOK, [this.seen, this.publishes]);
    const now = performance.now();
    if (now - this.readAt > BLIND_MS) this.listening.lost();
    const { seen, oldest, next } = rows[0]!;
    [this.seen, this.oldest, this.next, this.readAt] = [seen, BigInt(oldest), BigInt(next), now];
    const told = rows.flatMap((row) => (row.tenant === null ? [] : [toldOf(row, row.tenant)]));
    if (told.length > 0) {
      this.busyAt = now;
      await this.listening.heard(told);
    }
    for (const settle of this.waiters.splice(0, waiting)) settle();
  }

  /** Lies down when nothing comes, and gets up when something does: writers ring for a sleeper alone. */
  private async settle(): Promise<void> {
    const quiet = performance.now() - this.busyAt > LINGER_MS;
    if (quiet && !this.asleep) {
      await this.query('select pg_advisory_lock_shared($1)', [SLEEPING]);
      this.asleep = true;
      await this.look();
      this.unaware = this.next;
    } else if (!quiet && this.asleep) {
      await this.query('select pg_advisory_unlock_shared($1)', [SLEEPING]);
      this.asleep = false;
    }
  }

  private pauseMs(): number {
    if (!this.asleep) return AWAKE_MS;
    return this.oldest < this.unaware ? DROWSY_MS : ASLEEP_MS;
  }

  private async rest(ms: number): Promise<void> {
    const { signal } = this.waking;
    if (!signal.aborted) await pause(ms, undefined, { signal }).catch(() => undefined); // woken, which is no error
  }

  /** Now and then: becomes the publisher where there is none, and removes what everybody had time to read. */
  private async tend(): Promise<void> {
    const now = performance.now();
    if (now - this.tendedAt < TEND_MS) return;
    this.tendedAt = now;
    if (!this.publishes) {
      const [got] = await this.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [PUBLISHER]);
      this.publishes = got!.got;
    }
    this.floors.push({ at: now, oldest: this.oldest });
    let spent: bigint | null = null;
    while (this.floors[0] && now - this.floors[0].at > KEEP_MS) spent = this.floors.shift()!.oldest;
    if (spent !== null && this.publishes) {
      await this.query('delete from notification_log where xid < $1::text::xid8', [String(spent)]);
    }
  }
}

const toldOf = (row: Row, tenant: number): Told => ({
  tenant,
  type: row.type,
  entityType: row.entity_type,
  entity: row.entity,
  owner: row.owner,
  payload: row.payload,
  created: instant(row.created),
});
