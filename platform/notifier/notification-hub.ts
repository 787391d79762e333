import { setImmediate as yieldToSockets, setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { writeJson } from '../../contract/json-text/write-json';
import { hasEndedAttempt } from '../auth/authenticate';
import type { Caller } from '../auth/caller';
import { TimeSlices } from '../base/async/time-slices';
import { withErrorSubject } from '../base/error-subject';
import type { Database } from '../store/database/connection';
import { OutgoingNotification } from './outgoing-notification';
import type { NotificationRecord } from './protocol';
import { canRead, loadRights, type SubscriberRights } from './subscriber-rights';
import { matchingFilterKeys } from './subscription-filter';
import { SubscriptionIndex } from './subscription-index';
import type { CloseReason, Subscription, Subscriber } from './subscriptions';

/** Notifications that are sent before the sockets are given time to write. */
const BATCH_SIZE = 100;
/** After a batch with slow subscribers: so many pauses at most, of so many ms. */
const MAX_BACKPRESSURE_PAUSES = 5;
const BACKPRESSURE_PAUSE_MS = 10;

/** Wire form of `/stats`: subscriptions are the filters of all clients. */
export interface SubscriberStats {
  readonly connected_clients: number;
  readonly total_subscriptions: number;
}

/** Sends each notification to the subscribers with a matching filter and the right to read it. */
export class NotificationHub {
  private readonly index = new SubscriptionIndex<HubSubscription>();
  private readonly subscriptions = new Set<HubSubscription>();

  constructor(
    private readonly db: Database,
    private readonly log: Logger,
  ) {}

  /** Null: the caller's identity is gone or frozen. Throws the database's errors. */
  async subscribe(caller: Caller, subscriber: Subscriber): Promise<Subscription | null> {
    const subscription = new HubSubscription(caller, subscriber, this.index, (closed) =>
      this.subscriptions.delete(closed),
    );
    this.subscriptions.add(subscription);
    try {
      await subscription.waitForLatestRights(loadRights(this.db, caller));
    } catch (error) {
      subscription.close();
      throw error;
    }
    if (subscription.rights) return subscription;
    subscription.close();
    return null;
  }

  /**
   * Publishes the rows of one read, in batches: no subscriber may look slow because of a burst
   * alone.
   */
  async publishAll(notifications: readonly NotificationRecord[]): Promise<void> {
    if (this.subscriptions.size === 0) return;
    await this.refreshRights(notifications.filter(({ entityType }) => entityType === 'rights'));
    const slices = new TimeSlices(); // one notification may have a thousand subscribers
    for (let start = 0; start < notifications.length; start += BATCH_SIZE) {
      if (start > 0) await yieldToSockets();
      const slow = new Set<Subscriber>();
      for (const notification of notifications.slice(start, start + BATCH_SIZE)) {
        const { type, entity } = notification;
        await slices.giveTurn();
        await withErrorSubject({ notification: type, entity }, () => this.publish(notification, slow));
      }
      for (let pauses = 0; pauses < MAX_BACKPRESSURE_PAUSES && [...slow].some(({ isSlow }) => isSlow); pauses++)
        await pause(BACKPRESSURE_PAUSE_MS);
    }
  }

  private async publish(notification: NotificationRecord, slow: Set<Subscriber>): Promise<void> {
    if (notification.entityType !== 'rights' && this.index.hasTenant(notification.tenant))
      await this.send(new OutgoingNotification(notification), slow);
    if (notification.type === 'execution_status_changed') await this.closeEndedAttempts(notification);
  }

  private async send(outgoing: OutgoingNotification, slow: Set<Subscriber>): Promise<void> {
    const { notification } = outgoing;
    for (const subscription of this.index.find(notification.tenant, matchingFilterKeys(notification))) {
      const { subscriber, caller, rights } = subscription;
      try {
        const isReadable = rights !== null && canRead(this.db, caller, rights, outgoing);
        if (isReadable === false || (isReadable !== true && !(await isReadable))) continue;
        subscriber.send(outgoing);
        if (subscriber.isSlow) slow.add(subscriber);
      } catch (error) {
        const { type, entity } = notification;
        this.log.error(
          { err: error, identity: caller.identity, notification: type, entity },
          'subscriber disconnected: could not send a notification',
        );
        subscription.disconnect('restart');
      }
    }
  }

  /** Asks every subscriber to connect again. */
  closeAll(): void {
    for (const subscription of [...this.subscriptions]) subscription.disconnect('restart');
  }

  get stats(): SubscriberStats {
    let total = 0;
    for (const { filterKeys } of this.subscriptions) total += filterKeys.size;
    return { connected_clients: this.subscriptions.size, total_subscriptions: total };
  }

  /**
   * Rights are loaded again before anything is sent that committed with their change or after it.
   */
  private async refreshRights(changes: readonly NotificationRecord[]): Promise<void> {
    const affected = [...this.subscriptions].filter(({ caller }) =>
      changes.some((change) => isAffected(change, caller)),
    );
    const lookups = new Map<string, Promise<SubscriberRights | null>>();
    const lookUpRights = (caller: Caller) => {
      const { session } = caller.claims;
      const cacheKey =
        caller.tokenType === 'access'
          ? `${caller.tenant}:${caller.identity}:${session?.id}:${session?.epoch}`
          : writeJson(caller);
      const lookup = lookups.get(cacheKey) ?? loadRights(this.db, caller);
      lookups.set(cacheKey, lookup);
      return lookup;
    };
    await Promise.all(
      affected.map(async (subscription) => {
        try {
          await subscription.waitForLatestRights(lookUpRights(subscription.caller));
          if (!subscription.rights) subscription.disconnect('expired');
        } catch (error) {
          const { identity } = subscription.caller;
          this.log.error({ err: error, identity }, 'subscriber disconnected: rights lookup failed');
          subscription.disconnect('restart');
        }
      }),
    );
  }

  /** The token of a running action expires when its attempt ends. */
  private async closeEndedAttempts({ entity, tenant }: NotificationRecord): Promise<void> {
    for (const subscription of [...this.subscriptions]) {
      const { caller } = subscription;
      if (caller.execution !== entity || caller.tenant !== tenant) continue;
      try {
        if (await hasEndedAttempt(this.db, caller)) subscription.disconnect('expired');
      } catch (error) {
        this.log.error({ err: error, execution: entity }, 'subscriber disconnected: attempt lookup failed');
        subscription.disconnect('restart');
      }
    }
  }
}

const ALL_TENANTS = 0;
const ALL_IDENTITIES = 0;

const isAffected = ({ tenant, entity }: NotificationRecord, caller: Caller): boolean =>
  (tenant === ALL_TENANTS || tenant === caller.tenant) && (entity === ALL_IDENTITIES || entity === caller.identity);

class HubSubscription implements Subscription {
  readonly filterKeys = new Set<string>();
  /** Null until the first lookup has ended; such a subscription receives nothing. */
  rights: SubscriberRights | null = null;
  private latestLookup: Promise<SubscriberRights | null> = Promise.resolve(null);

  constructor(
    readonly caller: Caller,
    readonly subscriber: Subscriber,
    private readonly index: SubscriptionIndex<HubSubscription>,
    private readonly onClose: (closed: HubSubscription) => void,
  ) {}

  get isAdmin(): boolean {
    return this.rights?.isAdmin ?? false;
  }

  addFilter(key: string): void {
    this.filterKeys.add(key);
    this.index.add(this.caller.tenant, key, this);
  }

  removeFilter(key: string): void {
    this.filterKeys.delete(key);
    this.index.remove(this.caller.tenant, key, this);
  }

  close(): void {
    for (const key of [...this.filterKeys]) this.removeFilter(key);
    this.onClose(this);
  }

  disconnect(reason: CloseReason): void {
    this.close();
    this.subscriber.close(reason);
  }

  /**
   * Of several lookups at once the latest sets the rights, and every caller waits for that one.
   */
  async waitForLatestRights(lookup: Promise<SubscriberRights | null>): Promise<void> {
    this.latestLookup = lookup;
    for (let awaited: Promise<SubscriberRights | null> | null = null; awaited !== this.latestLookup;) {
      awaited = this.latestLookup;
      const rights = await awaited;
      if (awaited === this.latestLookup) this.rights = rights;
    }
  }
}
