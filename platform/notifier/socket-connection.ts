import type { RawData, WebSocket } from 'ws';
import type { Logger } from 'pino';
import { CLOSE_CODES } from '../../contract/notifications';
import type { Caller } from '../auth/caller';
import { hostNow } from '../base/clock';
import { platformNow } from '../base/tenant-clocks';
import { isSlow, MAX_BUFFERED_BYTES, MAX_SEND_DELAY_MS } from './backpressure';
import { TokenBucket } from './token-bucket';
import type { OutgoingNotification } from './outgoing-notification';
import { runAt } from '../base/run-at';
import type { CloseReason, SubscriptionHub, Subscription, Subscriber } from './subscriptions';
import { clientErrorMessage, errorFrame, parseCommand, welcomeFrame, type ClientCommand } from './protocol';

/** Between two checks for a slow client, ms. */
const BACKPRESSURE_CHECK_MS = 1_000;
const MAX_FILTERS = 1_000;
/** How long a client may take to close, ms; then the socket is destroyed with what is unsent. */
const CLOSE_TIMEOUT_MS = 5_000;

const CLOSE_FRAMES = {
  expired: { code: CLOSE_CODES.expired, reason: 'token expired' },
  restart: { code: CLOSE_CODES.restart, reason: 'connect again' },
  slow: { code: CLOSE_CODES.slow, reason: 'too far behind' },
  flood: { code: CLOSE_CODES.flood, reason: 'too many messages' },
} as const;

interface ConnectionOptions {
  readonly extensions: boolean;
  readonly log: Logger;
}

type ClientMessage = ClientCommand | { readonly type: 'invalid'; readonly message: string };

/**
 * One client: handles its messages in their order, sends notifications, and closes slow or
 * flooding clients.
 */
export class SocketConnection implements Subscriber {
  private subscription: Subscription | null = null;
  private readonly tokenBucket = new TokenBucket();
  private pending: ClientMessage[] = [];
  private isProcessing = false;
  private isClosed = false;
  /** When each frame that the socket still buffers was passed to it, oldest first. */
  private readonly sentAt: number[] = [];
  private readonly backpressureTimer: NodeJS.Timeout;
  private cancelExpiry: () => void = () => undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly caller: Caller,
    private readonly hub: SubscriptionHub<Caller>,
    private readonly options: ConnectionOptions,
  ) {
    socket.on('message', (data, isBinary) => this.onMessage(data, isBinary));
    socket.on('ping', (data: Buffer) => {
      if (this.takeTokens(data.length)) socket.pong(data);
    });
    socket.on('pong', (data: Buffer) => this.takeTokens(data.length));
    socket.on('error', (error) => options.log.debug({ err: error }, 'client connection failed'));
    socket.on('close', () => this.release());
    this.backpressureTimer = setInterval(() => this.closeIfSlow(), BACKPRESSURE_CHECK_MS);
    this.backpressureTimer.unref();
    this.cancelExpiry = runAt(
      () => platformNow(caller.tenant),
      caller.claims.expiresAt,
      () => this.close('expired'),
    );
  }

  /** Sends the welcome first; messages that came before it are handled after it. */
  async open(client: string): Promise<void> {
    const subscription = await this.hub.subscribe(this.caller, this);
    if (!subscription) return this.close('expired');
    if (this.isClosed) return subscription.close();
    this.socket.send(welcomeFrame(client));
    this.subscription = subscription;
    void this.processPending();
  }

  get isSlow(): boolean {
    return !this.isClosed && isSlow(this.socket.bufferedAmount);
  }

  send({ frame }: OutgoingNotification): void {
    if (this.isClosed) return;
    this.sentAt.push(hostNow());
    this.socket.send(frame, { binary: false }, () => void this.sentAt.shift());
    this.closeIfSlow();
  }

  close(closeReason: CloseReason | 'slow' | 'flood'): void {
    if (this.isClosed) return;
    this.release();
    const { code, reason } = CLOSE_FRAMES[closeReason];
    this.socket.close(code, reason);
    if (closeReason === 'slow' || closeReason === 'flood')
      this.options.log.warn({ code }, `subscriber disconnected: ${reason}`);
    const terminateTimer = setTimeout(() => this.socket.terminate(), CLOSE_TIMEOUT_MS);
    this.socket.once('close', () => clearTimeout(terminateTimer));
  }

  private release(): void {
    this.isClosed = true;
    clearInterval(this.backpressureTimer);
    this.cancelExpiry();
    this.pending = [];
    this.subscription?.close();
  }

  private closeIfSlow(): void {
    const [oldest] = this.sentAt;
    const isLate = oldest !== undefined && hostNow() - oldest > MAX_SEND_DELAY_MS;
    if (isLate || this.socket.bufferedAmount > MAX_BUFFERED_BYTES) this.close('slow');
  }

  private takeTokens(bytes: number): boolean {
    if (this.isClosed) return false;
    if (this.tokenBucket.take(bytes)) return true;
    this.close('flood');
    return false;
  }

  private onMessage(data: RawData, isBinary: boolean): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    if (!this.takeTokens(bytes.length) || isBinary) return;
    this.pending.push(parseClientMessage(bytes.toString('utf8'), this.options.extensions));
    void this.processPending();
  }

  /**
   * In order. A filter receives only what commits after the `subscribe` message: hence the
   * catch-up.
   */
  private async processPending(): Promise<void> {
    if (this.isProcessing || !this.subscription) return;
    this.isProcessing = true;
    try {
      while (this.pending.length > 0) {
        const pending = this.pending.splice(0);
        if (pending.some(({ type }) => type === 'subscribe')) await this.hub.catchUp();
        if (this.isClosed) return;
        for (const clientMessage of pending) this.handleMessage(clientMessage, this.subscription);
      }
    } catch (error) {
      this.options.log.error({ err: error }, 'subscriber disconnected: could not handle its messages');
      this.close('restart');
    } finally {
      this.isProcessing = false;
    }
  }

  private handleMessage(clientMessage: ClientMessage, subscription: Subscription): void {
    if (clientMessage.type === 'invalid') return this.sendError(clientMessage.message);
    if (clientMessage.type === 'ping') return;
    const { key, user } = clientMessage.filter;
    if (clientMessage.type === 'unsubscribe') return subscription.removeFilter(key);
    if (user !== null && user !== this.caller.identity && !subscription.isAdmin)
      return this.sendError('only the role admin may watch another user');
    if (subscription.filterKeys.size >= MAX_FILTERS && !subscription.filterKeys.has(key))
      return this.sendError(`a connection holds at most ${MAX_FILTERS} filters`);
    subscription.addFilter(key);
  }

  private sendError(message: string): void {
    if (!this.isClosed) this.socket.send(errorFrame(message));
    this.closeIfSlow();
  }
}

function parseClientMessage(text: string, extensions: boolean): ClientMessage {
  try {
    return parseCommand(text, extensions);
  } catch (error) {
    const message = clientErrorMessage(error);
    if (message === null) throw error;
    return { type: 'invalid', message };
  }
}
