import { Client, type ClientConfig } from 'pg';
import type { Logger } from 'pino';
import { backoffMs } from '../../base/async/retry-with-backoff';
import { REACHABLE_AGAIN } from '../../base/outage';

const BACKOFF = { firstMs: 100, maxMs: 5_000 };

/**
 * Listens on a channel until it is closed, over a connection of its own that is replaced when it
 * is lost.
 */
export interface Listener {
  /** The open connection, for other statements of the same session; null while it is lost. */
  readonly connection: Client | null;
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly url: string;
  readonly channel: string;
  readonly log: Logger;
  /** Name and settings of the session. */
  readonly session?: Pick<ClientConfig, 'application_name' | 'options'>;
  onNotification(payload: string): void;
  /** Connected, for the first time or again: notifications from before were not received. */
  onConnected(): void;
  onDisconnected?(): void;
}

/** Connects in the background, also the first time. */
export function openListener(options: ListenerOptions): Listener {
  const listener = new ReconnectingListener(options);
  void listener.connectOrRetry();
  return listener;
}

/**
 * Resolves once it listens. Throws the error of the first attempt; a connection that is lost
 * later is replaced.
 */
export async function connectListener(options: ListenerOptions): Promise<Listener> {
  const listener = new ReconnectingListener(options);
  await listener.connect();
  return listener;
}

class ReconnectingListener implements Listener {
  connection: Client | null = null;
  /** The connection, or the one that is being opened. */
  private latest: Client | null = null;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  private retries = 0;

  constructor(private readonly options: ListenerOptions) {}

  async connect(): Promise<void> {
    const { url, channel, session, onNotification, onConnected } = this.options;
    const client = new Client({ ...session, connectionString: url, keepAlive: true });
    this.latest = client;
    client.on('error', (error) => this.handleLoss(client, error)).on('end', () => this.handleLoss(client));
    client.on('notification', ({ payload }) => onNotification(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined); // the first error is the one to report
      throw error;
    }
    this.connection = client;
    if (this.retries > 0) this.options.log.warn(REACHABLE_AGAIN);
    this.retries = 0;
    onConnected();
  }

  async connectOrRetry(): Promise<void> {
    try {
      await this.connect();
    } catch (error) {
      this.scheduleReconnect(error);
    }
  }

  private handleLoss(client: Client, error?: Error): void {
    if (this.connection !== client) return;
    this.connection = null;
    this.options.onDisconnected?.();
    this.scheduleReconnect(error);
  }

  private scheduleReconnect(error: unknown): void {
    if (this.isClosed) return;
    const { log, channel } = this.options;
    const delayMs = backoffMs(BACKOFF, ++this.retries);
    log.warn({ err: error, channel, delayMs }, 'database connection lost, reconnecting');
    this.timer = setTimeout(() => void this.connectOrRetry(), delayMs);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.connection = null;
    await this.latest?.end();
  }
}
