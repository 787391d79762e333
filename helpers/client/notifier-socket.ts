import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, type RawData } from 'ws';
import { Frame, type Notification } from '../../contract/notifications';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import { writeJson } from '../../contract/json-text/write-json';
import { NotifierError } from '../errors';
import { shortened } from '../shortened';
import { explain, matches } from './validate';

/** How a connection was closed. */
interface CloseEvent {
  code: number;
  reason: string;
}

/** A WebSocket of the notifier. It stores every notification; conditions on it wait for them. */
export interface NotifierSocket extends AsyncDisposable {
  readonly clientId: string;
  /**
   * Every notification so far, oldest first. Throws NotifierError if a frame violated the
   * contract.
   */
  readonly notifications: readonly Notification[];
  /** When one of them arrived: epoch ms of this host. */
  arrivedAt(notification: Notification): number;
  /** Resolves once the connection is closed. */
  readonly closed: Promise<CloseEvent>;
  /** Null while it is open. */
  readonly closeEvent: CloseEvent | null;
  /** Resolves once notifications of all later commits will arrive. */
  subscribe(...filters: readonly string[]): Promise<void>;
  /** Resolves once no further notification will arrive. */
  unsubscribe(...filters: readonly string[]): Promise<void>;
  /** Sends an invalid frame and resolves with the message of the error frame. */
  sendInvalid(message: string): Promise<string>;
  /** Sends text unchanged, or bytes as a binary frame. */
  send(message: string | Buffer): void;
  /** Stops reading from the network, like a client that hangs. */
  pause(): void;
  resume(): void;
  /** Sends a ping frame. */
  ping(): void;
}

/** URL and token of a connection. */
export interface NotifierAddress {
  /** `ws://host:port/ws`. */
  url: string;
  token: string;
  /** Where the token is sent; `header` by default. */
  tokenIn?: 'header' | 'protocol';
}

const OPEN_TIMEOUT_MS = 10_000;
/** The message of `ws` for a handshake that takes longer. */
const HANDSHAKE_LATE = 'Opening handshake has timed out';
const ERROR_FRAME_TIMEOUT_MS = 10_000;
/** Of a message in an error, characters. */
const MAX_SHOWN = 100;
/** An invalid filter: its error frame shows that all earlier commands are processed. */
const FENCE_COMMAND = writeJson({ type: 'subscribe', filter: 'no-such-filter' });

const command = (type: string, filter: string): string => writeJson({ type, filter });

/** Rejects with NotifierError, with status and body, if the handshake is rejected. */
function handshakeRejection(socket: WebSocket): Promise<never> {
  return new Promise((_, reject) => {
    socket.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const { statusCode: status = 0 } = response;
        reject(new NotifierError(`the notifier rejected the connection: ${status} ${body}`, status, body));
      });
    });
    socket.once('error', (error) => reject(new NotifierError(error.message, 0, '', error.message === HANDSHAKE_LATE)));
  });
}

/** Opens a WebSocket with any protocols and headers, valid or not. */
export const openWebSocket = (url: string, protocols: readonly string[], headers: Record<string, string>): WebSocket =>
  new WebSocket(url, [...protocols], { headers, handshakeTimeout: OPEN_TIMEOUT_MS, perMessageDeflate: false });

/**
 * Connects and waits for the welcome frame. NotifierError with status and body if it is rejected.
 * `onNotification` receives each notification, which is not stored then.
 */
export async function connectNotifier(
  { url, token, tokenIn = 'header' }: NotifierAddress,
  onNotification?: (notification: Notification) => void,
): Promise<NotifierSocket> {
  const isHeader = tokenIn === 'header';
  const protocols = isHeader ? [] : ['attune.v1', `attune.jwt.${token}`];
  const socket = openWebSocket(url, protocols, isHeader ? { authorization: `Bearer ${token}` } : {});
  return awaitWelcome(socket, onNotification);
}

/** Waits for the welcome frame of an opened WebSocket. */
export async function awaitWelcome(
  socket: WebSocket,
  onNotification?: (notification: Notification) => void,
): Promise<NotifierSocket> {
  const connection = new NotifierConnection(socket, onNotification);
  const rejection = handshakeRejection(socket);
  rejection.catch(() => {}); // raced below; a later error also closes the socket
  await Promise.race([connection.welcome, rejection, connection.closedError]);
  return connection;
}

class NotifierConnection implements NotifierSocket {
  clientId = '';
  closeEvent: CloseEvent | null = null;
  readonly closed: Promise<CloseEvent>;
  readonly welcome: Promise<void>;
  /** Rejects when the connection is closed: ends waits for a response. */
  readonly closedError: Promise<never>;
  private readonly received: Notification[] = [];
  private readonly arrivals = new WeakMap<Notification, number>();
  private contractViolation: NotifierError | null = null;
  private readonly errorWaiters: ((message: string) => void)[] = [];

  constructor(
    private readonly socket: WebSocket,
    private readonly onNotification?: (notification: Notification) => void,
  ) {
    this.closed = new Promise((done) => {
      socket.once('close', (code, reason) => done((this.closeEvent = { code, reason: reason.toString('utf8') })));
    });
    this.closedError = this.closed.then(({ code, reason }) => {
      throw new NotifierError(`the notifier closed the connection: ${code} ${reason}`, code, reason);
    });
    this.closedError.catch(() => {}); // a close without pending waits is normal
    socket.on('error', () => {}); // reported by `close`
    this.welcome = new Promise((done) => socket.on('message', (message) => this.onMessage(message, done)));
  }

  get notifications(): readonly Notification[] {
    if (this.contractViolation) throw this.contractViolation;
    return this.received;
  }

  arrivedAt(notification: Notification): number {
    const at = this.arrivals.get(notification);
    if (at === undefined) throw new NotifierError('the notification did not arrive on this connection', 0, '');
    return at;
  }

  private onMessage(message: RawData, welcome: () => void): void {
    const arrivedAt = performance.timeOrigin + performance.now();
    const text = (message as Buffer).toString('utf8');
    const frame: unknown = parseJsonText(text);
    if (!matches(Frame, frame)) {
      this.contractViolation ??= new NotifierError(`a frame violates the contract: ${explain(Frame, frame)}`, 0, text);
      return;
    }
    if (frame.type === 'notification') {
      if (this.onNotification) return this.onNotification(frame);
      this.arrivals.set(frame, arrivedAt);
      this.received.push(frame);
    }
    if (frame.type === 'error') this.errorWaiters.shift()?.(frame.message);
    if (frame.type === 'welcome') {
      this.clientId = frame.client_id;
      welcome();
    }
  }

  sendInvalid(message: string): Promise<string> {
    const errorFrame = new Promise<string>((done) => this.errorWaiters.push(done));
    this.socket.send(message);
    const timeout = sleep(ERROR_FRAME_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new NotifierError(`no error frame arrived for ${shortened(message, MAX_SHOWN)}`, 0, '', true);
    });
    timeout.catch(() => {}); // raced below
    return Promise.race([errorFrame, this.closedError, timeout]);
  }

  async subscribe(...filters: readonly string[]): Promise<void> {
    for (const filter of filters) this.socket.send(command('subscribe', filter));
    await this.sendInvalid(FENCE_COMMAND);
  }

  async unsubscribe(...filters: readonly string[]): Promise<void> {
    for (const filter of filters) this.socket.send(command('unsubscribe', filter));
    await this.sendInvalid(FENCE_COMMAND);
  }

  send(message: string | Buffer): void {
    this.socket.send(message);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  ping(): void {
    this.socket.ping();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closeEvent) return;
    this.socket.resume();
    this.socket.close(1_000);
    const terminateTimer = setTimeout(() => this.socket.terminate(), OPEN_TIMEOUT_MS);
    await this.closed;
    clearTimeout(terminateTimer);
  }
}
