import type { Announcement } from './announcement';

/** Why a subscriber is sent away: its token is worth nothing any more, or it must read the rows anew. */
export type Farewell = 'expired' | 'restart';

/** Whoever is told. Nothing here may block or throw. */
export interface Subscriber {
  /** Well behind, and not yet too far: a moment of rest lets those that read catch up. */
  readonly isBehind: boolean;
  deliver(announcement: Announcement): void;
  end(why: Farewell): void;
}

/** A subscriber's place: what it wants to hear, of what it may. */
export interface Member {
  readonly keys: ReadonlySet<string>;
  /** May watch other identities. */
  readonly isAdmin: boolean;
  subscribe(key: string): void;
  unsubscribe(key: string): void;
  leave(): void;
}

/** What others of this process need of the notifier. `C`: who asks. */
export interface Live<C> {
  /** Takes a subscriber in; what commits once it has subscribed, it hears. Null: its identity is gone or frozen. */
  join(caller: C, subscriber: Subscriber): Promise<Member | null>;
  /** Settles when all that committed before the call was told. */
  catchUp(): Promise<void>;
}
