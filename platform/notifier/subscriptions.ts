import type { OutgoingNotification } from './outgoing-notification';

/** Why a subscriber is disconnected: its token has expired, or it must read the rows again. */
export type CloseReason = 'expired' | 'restart';

/** Receives notifications. No method may block or throw. */
export interface Subscriber {
  /** Many bytes wait for the client, though not too many: a short pause lets it catch up. */
  readonly isSlow: boolean;
  send(notification: OutgoingNotification): void;
  close(reason: CloseReason): void;
}

/**
 * What one subscriber receives: the notifications that match a filter and that its caller may
 * read.
 */
export interface Subscription {
  readonly filterKeys: ReadonlySet<string>;
  /** The caller may watch other identities. */
  readonly isAdmin: boolean;
  addFilter(key: string): void;
  removeFilter(key: string): void;
  close(): void;
}

/** The notifier as the other parts of this process see it. */
export interface SubscriptionHub<Caller> {
  /**
   * A filter receives what commits after it was added. Null: the caller's identity is gone or
   * frozen.
   */
  subscribe(caller: Caller, subscriber: Subscriber): Promise<Subscription | null>;
  /** Resolves when all that committed before the call has been sent. */
  catchUp(): Promise<void>;
}
