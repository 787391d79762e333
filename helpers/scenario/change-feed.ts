import type { Notification } from '../../contract/notifications';

/** Whether a notification is a reason to check a condition again. */
export type ChangeFilter = (change: Notification) => boolean;

/** The changes that one wait follows. */
export interface FollowedChanges {
  /** Forgets the changes so far. Whether those of all later commits will arrive. */
  restart(): boolean;
  /**
   * Resolves at the first change since the restart that the filter accepts, when the connection
   * is lost, or after `ms`.
   */
  next(filter: ChangeFilter, ms: number): Promise<void>;
  stop(): void;
}

/** A connection to a notifier with its subscriptions in effect. */
export interface FeedConnection extends AsyncDisposable {
  readonly closed: Promise<unknown>;
}

/** Connects and subscribes; `onChange` receives every notification from then on. */
export type ConnectFeed = (onChange: (change: Notification) => void) => Promise<FeedConnection>;

/** After a connection that failed or was lost, ms. */
const RECONNECT_MS = 1_000;

/**
 * The target's notifications, on one connection for all waits of this process. They decide
 * nothing: each is only a reason to read rows again, and a lost one delays that.
 */
export class ChangeFeed {
  private readonly followers = new Set<Follower>();
  private opening: Promise<FeedConnection> | null = null;
  private isOpen = false;
  private openedAt = -Infinity;

  constructor(private readonly openConnection: ConnectFeed) {}

  /** Connects where there is no connection, without waiting for it. */
  open(): void {
    if (this.opening === null && performance.now() - this.openedAt >= RECONNECT_MS) void this.connect();
  }

  follow(): FollowedChanges {
    const follower: Follower = new Follower(
      () => this.isOpen,
      () => void this.followers.delete(follower),
    );
    this.followers.add(follower);
    return follower;
  }

  /** The next `open` connects again. */
  async close(): Promise<void> {
    const { opening } = this;
    this.lose();
    this.openedAt = -Infinity;
    await opening?.then((connection) => connection[Symbol.asyncDispose]()).catch(() => undefined); // no connection
  }

  /** Without a connection, which may never succeed, the waits check at intervals. */
  private async connect(): Promise<void> {
    this.openedAt = performance.now();
    const opening = this.openConnection((change) => {
      if (this.opening === opening) this.followers.forEach((follower) => follower.add(change));
    });
    this.opening = opening;
    try {
      const { closed } = await opening;
      if (this.opening === opening) this.isOpen = true;
      await closed;
    } catch {
      // refused, or lost while it was opened
    }
    if (this.opening === opening) this.lose();
  }

  private lose(): void {
    this.opening = null;
    this.isOpen = false;
    this.followers.forEach((follower) => follower.wake());
  }
}

class Follower implements FollowedChanges {
  private changes: Notification[] = [];
  private filter: ChangeFilter = () => false;
  /** Ends the pause of `next`. */
  private end: (() => void) | null = null;
  private isWoken = false;

  constructor(
    private readonly isOpen: () => boolean,
    readonly stop: () => void,
  ) {}

  restart(): boolean {
    this.changes = [];
    this.isWoken = false;
    return this.isOpen();
  }

  add(change: Notification): void {
    if (this.end === null) this.changes.push(change);
    else if (this.filter(change)) this.wake();
  }

  wake(): void {
    this.isWoken = true;
    this.end?.();
  }

  async next(filter: ChangeFilter, ms: number): Promise<void> {
    if (this.isWoken || this.changes.some(filter)) return;
    this.changes = [];
    this.filter = filter;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.end = null;
  }
}
