import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Logger } from 'pino';
import type { Status } from '../../contract/status';
import { ADVISORY_LOCKS } from '../store/database/advisory-locks';
import { connectListener, type Listener } from '../store/database/listener';
import type { NotificationRecord } from './protocol';
import { readNewRows } from './read-new-rows';

/** Pause between two reads while rows come, ms. */
const ACTIVE_POLL_MS = 15;
/** The same after a read without rows, ms. */
const QUIET_POLL_MS = 30;
/**
 * The same when idle, while transactions are open that began before the idle lock was held, ms.
 */
const DRAIN_POLL_MS = 50;
/** The same when idle, ms: a notification ends this pause. */
const IDLE_POLL_MS = 1_000;
/** The feed becomes idle when no row came for so long, ms. */
const IDLE_AFTER_MS = 250;
/** How long rows are kept, ms: other notifiers on the same database may read later. */
const RETENTION_MS = 15_000;
/** Between two cleanups, ms. */
const CLEANUP_MS = 3_000;
/** After a longer gap between two reads rows may have been removed unread, ms. */
const MAX_GAP_MS = RETENTION_MS - 5_000;
/** Pause after a read that failed, ms. */
const RETRY_MS = 250;

const CHANNEL = 'tuningfork_notifier';
/**
 * New rows are few, which the statistics of a table that was never analyzed do not show. To plan
 * the one statement again takes longer than the statement.
 */
const SESSION = {
  application_name: 'tuningfork-notifier',
  options: '-c timezone=UTC -c enable_seqscan=off -c plan_cache_mode=force_generic_plan',
};

export interface NotificationFeed {
  /** Resolves when all that committed before the call has been passed to `onNotifications`. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
}

interface FeedOptions {
  /** Connection URL of the database's owner: row-level security hides the rows from all others. */
  readonly url: string;
  readonly log: Logger;
  /** Statuses of executions that are shown as `running`: a change between these is none. */
  readonly shownAsRunning: readonly Status[];
  /** The rows of one read, in order. The next read waits for it. */
  onNotifications(notifications: readonly NotificationRecord[]): Promise<void>;
  /** Rows may have been missed. */
  onGap(): void;
}

/**
 * Follows `notification_log` from now on, until it is closed. Throws the error of the first
 * connection.
 */
export async function openNotificationFeed(options: FeedOptions): Promise<NotificationFeed> {
  const reader = new FeedReader(options);
  await reader.open();
  const running = reader.run();
  return {
    catchUp: () => reader.catchUp(),
    close: async () => {
      reader.stop();
      await running;
    },
  };
}

class FeedReader {
  private listener!: Listener;
  /** The last snapshot that was read. */
  private snapshot = '';
  private readAt = performance.now();
  private isPublisher = false;
  private isIdle = false;
  /** The oldest transaction that was open at the last read. */
  private oldestOpen = 0n;
  /** Transactions before this one may have found the idle lock free, and then did not notify. */
  private mayNotNotifyBefore = 0n;
  private lastRowAt = 0;
  private cleanedAt = -Infinity;
  private wakeup = new AbortController();
  private waiters: (() => void)[] = [];
  private isStopped = false;
  /** The oldest open transaction at each cleanup: rows from before it have been read. */
  private readonly readHorizons: { at: number; oldestOpen: bigint }[] = [];

  constructor(private readonly options: FeedOptions) {}

  /** Throws the error of the first connection. Only rows of later transactions are read. */
  async open(): Promise<void> {
    const { url, log } = this.options;
    this.listener = await connectListener({
      url,
      log,
      channel: CHANNEL,
      session: SESSION,
      onNotification: () => this.wake(),
      onConnected: () => this.startSession(),
      onDisconnected: () => this.wake(),
    });
    try {
      const { rows } = await this.requireConnection().query<{ now: string }>(
        'select pg_current_snapshot()::text as now',
      );
      this.snapshot = rows[0]!.now;
    } catch (error) {
      await this.listener.close();
      throw error;
    }
  }

  /** A new session holds no lock. */
  private startSession(): void {
    this.isIdle = this.isPublisher = false;
    this.cleanedAt = -Infinity;
    this.wake();
  }

  stop(): void {
    this.isStopped = true;
    this.wake();
  }

  /** Resolves after a read that began after the call. */
  catchUp(): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      this.wake();
    });
  }

  private wake(): void {
    this.wakeup.abort();
  }

  /** Reads until it is stopped. An error is logged, and the next read reconnects where it must. */
  async run(): Promise<void> {
    while (!this.isStopped) {
      this.wakeup = new AbortController();
      try {
        if (this.listener.connection === null) {
          await this.wait(IDLE_POLL_MS); // the listener reconnects, and then wakes this loop
          continue;
        }
        await this.cleanUp();
        await this.read();
        await this.updateIdleState();
        await this.wait(this.pauseMs());
      } catch (error) {
        if (this.isStopped) break;
        this.options.log.error({ err: error }, 'notifier: could not read new notifications, trying again');
        await pause(RETRY_MS);
      }
    }
    await this.listener.close();
  }

  private requireConnection(): Client {
    const { connection } = this.listener;
    if (!connection) throw new Error('the notifier has no connection to the database');
    return connection;
  }

  /** Returns the first transaction that had not started at the read. */
  private async read(): Promise<bigint> {
    const waiterCount = this.waiters.length;
    const { shownAsRunning } = this.options;
    const { snapshot, isPublisher } = this;
    const rows = await readNewRows(this.requireConnection(), { snapshot, isPublisher, shownAsRunning });
    const now = performance.now();
    if (now - this.readAt > MAX_GAP_MS) this.options.onGap();
    [this.snapshot, this.oldestOpen, this.readAt] = [rows.snapshot, rows.oldestOpen, now];
    if (rows.notifications.length > 0) {
      this.lastRowAt = now;
      await this.options.onNotifications(rows.notifications);
    }
    for (const resolve of this.waiters.splice(0, waiterCount)) resolve();
    return rows.nextTransaction;
  }

  /**
   * An idle feed holds the idle lock: writers then notify it, which would slow them down always.
   */
  private async updateIdleState(): Promise<void> {
    const isQuiet = performance.now() - this.lastRowAt > IDLE_AFTER_MS;
    if (isQuiet && !this.isIdle) {
      await this.requireConnection().query('select pg_advisory_lock_shared($1)', [ADVISORY_LOCKS.sleepingNotifier]);
      this.isIdle = true;
      this.mayNotNotifyBefore = await this.read();
    } else if (!isQuiet && this.isIdle) {
      await this.requireConnection().query('select pg_advisory_unlock_shared($1)', [ADVISORY_LOCKS.sleepingNotifier]);
      this.isIdle = false;
    }
  }

  private pauseMs(): number {
    if (!this.isIdle) return this.lastRowAt === this.readAt ? ACTIVE_POLL_MS : QUIET_POLL_MS;
    return this.oldestOpen < this.mayNotNotifyBefore ? DRAIN_POLL_MS : IDLE_POLL_MS;
  }

  private async wait(ms: number): Promise<void> {
    const { signal } = this.wakeup;
    if (!signal.aborted) await pause(ms, undefined, { signal }).catch(() => undefined); // woken, which is no error
  }

  /**
   * Every few seconds: becomes the publisher where there is none, and removes rows that are old
   * enough.
   */
  private async cleanUp(): Promise<void> {
    const now = performance.now();
    if (now - this.cleanedAt < CLEANUP_MS) return;
    this.cleanedAt = now;
    const connection = this.requireConnection();
    if (!this.isPublisher) {
      const { rows } = await connection.query<{ is_locked: boolean }>('select pg_try_advisory_lock($1) as is_locked', [
        ADVISORY_LOCKS.publisher,
      ]);
      this.isPublisher = rows[0]!.is_locked;
    }
    this.readHorizons.push({ at: now, oldestOpen: this.oldestOpen });
    let expiredBefore: bigint | null = null;
    while (this.readHorizons[0] && now - this.readHorizons[0].at > RETENTION_MS)
      expiredBefore = this.readHorizons.shift()!.oldestOpen;
    if (expiredBefore !== null && this.isPublisher) {
      await connection.query('delete from notification_log where xid < $1::text::xid8', [String(expiredBefore)]);
    }
  }
}
