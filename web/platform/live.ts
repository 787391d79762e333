import { useEffect, useRef, useState } from 'preact/hooks';
import type { Frame, Notification } from '../../contract/notifications';
import { isLoggedIn, renewSession, validToken } from './session';

type Listener = (notification: Notification | null) => void;

/** Pauses before another connection, ms; the last repeats. */
const PAUSES_MS = [500, 1_000, 2_000, 5_000];
const STATE_CHANGED = 'livechange';

/**
 * One WebSocket of the notifier for all parts of the page. A listener is called for each
 * notification of its entity types, and with null after a reconnection: changes may be missed.
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
  isConnected = false;

  add(types: readonly string[], listener: Listener): () => void {
    this.listeners.set(listener, types);
    if (this.isConnected) this.subscribe(types);
    else void this.connect();
    return () => void this.listeners.delete(listener);
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
      this.subscribe([...new Set([...this.listeners.values()].flat())]);
      for (const listener of this.listeners.keys()) listener(null);
    }
    if (frame.type !== 'notification') return;
    for (const [listener, types] of this.listeners) if (types.includes(frame.entity_type)) listener(frame);
  }

  private subscribe(types: readonly string[]): void {
    for (const type of types) this.socket?.send(JSON.stringify({ type: 'subscribe', filter: `entity_type:${type}` }));
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

/** Calls `onChange` for notifications of these entity types while the part is shown. */
export function useLive(types: readonly string[], onChange: Listener): void {
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => live.add(types, (notification) => latest.current(notification)), [types.join()]);
}
