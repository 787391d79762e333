import { useEffect, useRef, useState } from 'preact/hooks';
import type { Frame, Notification } from '../../contract/notifications';
import { isLoggedIn, renewSession, validToken } from './session';

type Listener = (notification: Notification | null) => void;

/** Pauses before another connection, ms; the last repeats. */
const PAUSES_MS = [500, 1_000, 2_000, 5_000];
const STATE_CHANGED = 'livechange';
/** An invalid filter: the error that it gets shows that the subscriptions before it are made. */
const FENCE = 'end-of-subscriptions';

interface Subscribed {
  readonly types: readonly string[];
  /** After a lost connection. */
  readonly isAgain: boolean;
}

/**
 * One WebSocket of the notifier for all parts of the page. A listener is called for each
 * notification of its entity types, and with null once these arrive: changes before that were
 * missed.
 */
class Live {
  private readonly listeners = new Map<Listener, readonly string[]>();
  private socket: WebSocket | null = null;
  /** Several parts of the page are added while one connection is being made. */
  private isConnecting = false;
  private failures = 0;
  private timer: number | undefined;
  /** From a request for a token until the socket is closed. */
  private isOpening = false;
  /** The platform has renewed the session since the last connection. */
  private isRenewed = false;
  /** Entity types whose notifications arrive. */
  private readonly followed = new Set<string>();
  /** Subscriptions whose fence has no response, in order. */
  private subscribed: Subscribed[] = [];
  private wasConnected = false;
  isConnected = false;

  add(types: readonly string[], listener: Listener): () => void {
    this.listeners.set(listener, types);
    const missing = types.filter((type) => !this.followed.has(type));
    if (!this.isConnected) void this.connect();
    else if (missing.length > 0) this.subscribe({ types: missing, isAgain: false });
    return () => void this.listeners.delete(listener);
  }

  /** Whether notifications of these types are about to arrive, but do not yet. */
  isPending(types: readonly string[]): boolean {
    return this.failures === 0 && types.some((type) => !this.followed.has(type));
  }

  /** Ends the connection, after a log-out. */
  close(): void {
    window.clearTimeout(this.timer);
    this.socket?.close();
  }

  private async connect(): Promise<void> {
    if (this.isConnecting || this.socket !== null) return;
    this.isConnecting = true;
    window.clearTimeout(this.timer);
    if (this.isOpening) return;
    this.isOpening = true;
    try {
      const token = await validToken();
      const url = new URL('/ws', location.href);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      this.follow(new WebSocket(url, ['attune.v1', `attune.jwt.${token}`]));
    } catch {
      this.isOpening = false;
      this.retry(); // the platform does not answer: requests of the page show that
    } finally {
      this.isConnecting = false;
    }
  }

  private follow(socket: WebSocket): void {
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => this.receive(JSON.parse(String(data)) as Frame));
    socket.addEventListener('close', () => {
      const wasConnected = this.isConnected;
      this.socket = null;
      this.isOpening = false;
      this.followed.clear();
      this.subscribed = [];
      this.setConnected(false);
      if (wasConnected || this.isRenewed || !isLoggedIn()) this.retry();
      else void this.renew();
    });
  }

  /** A token of a session that has ended gets no welcome, and no reason. */
  private async renew(): Promise<void> {
    try {
      await renewSession();
      this.isRenewed = true;
    } catch {
      // the platform does not answer: requests of the page show that
    } finally {
      this.retry();
    }
  }

  private receive(frame: Frame): void {
    if (frame.type === 'welcome') {
      this.failures = 0;
      this.isRenewed = false;
      this.setConnected(true);
      this.subscribe({ types: [...new Set([...this.listeners.values()].flat())], isAgain: this.wasConnected });
      this.wasConnected = true;
    }
    if (frame.type === 'error') this.confirm();
    if (frame.type !== 'notification') return;
    for (const [listener, types] of this.listeners) if (types.includes(frame.entity_type)) listener(frame);
  }

  private subscribe(subscribed: Subscribed): void {
    const filters = [...subscribed.types.map((type) => `entity_type:${type}`), FENCE];
    for (const filter of filters) this.socket?.send(JSON.stringify({ type: 'subscribe', filter }));
    this.subscribed.push(subscribed);
  }

  private confirm(): void {
    const { types, isAgain } = this.subscribed.shift() ?? { types: [], isAgain: false };
    const added = types.filter((type) => !this.followed.has(type));
    for (const type of added) this.followed.add(type);
    for (const [listener, ofListener] of this.listeners)
      if (isAgain || ofListener.some((type) => added.includes(type))) listener(null);
  }

  private retry(): void {
    if (!isLoggedIn() || this.listeners.size === 0) return;
    const pause = PAUSES_MS[Math.min(this.failures++, PAUSES_MS.length - 1)];
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.connect(), pause);
  }

  private setConnected(isConnected: boolean): void {
    this.isConnected = isConnected;
    window.dispatchEvent(new Event(STATE_CHANGED));
  }
}

const live = new Live();

export const closeLive = (): void => live.close();

/** Whether changes arrive by themselves. */
export function useLiveState(): boolean {
  const [isConnected, setConnected] = useState(live.isConnected);
  useEffect(() => {
    const follow = (): void => setConnected(live.isConnected);
    window.addEventListener(STATE_CHANGED, follow);
    return () => window.removeEventListener(STATE_CHANGED, follow);
  }, []);
  return isConnected;
}

/** Whether `onChange` of these types will soon be called with null for the first time. */
export const isLivePending = (types: readonly string[]): boolean => live.isPending(types);

/**
 * Calls `onChange` for notifications of these entity types while the part is shown, and with null
 * once they arrive, also after a lost connection: changes before that were missed.
 */
export function useLive(types: readonly string[], onChange: Listener): void {
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => live.add(types, (notification) => latest.current(notification)), [types.join()]);
}
