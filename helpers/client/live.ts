import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, type RawData } from 'ws';
import { Frame, type Notification } from '../../contract/notifications';
import { LiveError } from '../errors';
import { explain, matches } from './validate';

/** How the platform ended a connection. */
export interface Closed {
  code: number;
  reason: string;
}

/** One socket of the notifier. What comes is kept, oldest first; waiting is done with conditions on it. */
export interface Live extends AsyncDisposable {
  readonly clientId: string;
  /** Every notification so far. Throws LiveError for the first frame that is none of the contract's. */
  readonly notifications: readonly Notification[];
  /** Settled once it has ended, however. */
  readonly closed: Promise<Closed>;
  /** Null while it is open. */
  readonly ended: Closed | null;
  /** Answers once all that commits from now on will be told. */
  subscribe(...filters: readonly string[]): Promise<void>;
  /** Answers once nothing more will be told. */
  unsubscribe(...filters: readonly string[]): Promise<void>;
  /** Sends something wrong, and answers with the message of the error frame that comes back. */
  provoke(wrong: string): Promise<string>;
  /** Sends as it is: text, or bytes as a binary frame. */
  send(message: string | Buffer): void;
  /** Stops reading from the network, as a client that hangs does. */
  pause(): void;
  resume(): void;
  /** Protocol-level ping. */
  ping(): void;
}

/** Where, as whom, and how the token travels. */
export interface LiveAddress {
  /** `ws://host:port/ws`. */
  url: string;
  token: string;
  /** `header` unless said otherwise. */
  by?: 'header' | 'protocol';
}

const OPEN_MS = 10_000;
const ANSWER_MS = 10_000;
/** Accepted by nobody as a filter: its error frame tells that all before it was heard. */
const FENCE = JSON.stringify({ type: 'subscribe', filter: 'no-such-filter' });

const command = (type: string, filter: string): string => JSON.stringify({ type, filter });

/** The handshake was refused. LiveError carries status and body. */
function refused(socket: WebSocket): Promise<never> {
  return new Promise((_, refuse) => {
    socket.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const { statusCode: status = 0 } = response;
        refuse(new LiveError(`the notifier answered ${status} ${body}`, status, body));
      });
    });
    socket.once('error', (error) => refuse(new LiveError(error.message, 0, '')));
  });
}

/** Any way of asking to come in, as it is: for what must be refused. Throws LiveError. */
export const dial = (url: string, protocols: readonly string[], headers: Record<string, string>): WebSocket =>
  new WebSocket(url, [...protocols], { headers, handshakeTimeout: OPEN_MS, perMessageDeflate: false });

/** Connects, and waits for the welcome. LiveError with status and body when it is refused. */
export async function openLive({ url, token, by = 'header' }: LiveAddress): Promise<Live> {
  const isHeader = by === 'header';
  const protocols = isHeader ? [] : ['attune.v1', `attune.jwt.${token}`];
  return welcomed(dial(url, protocols, isHeader ? { authorization: `Bearer ${token}` } : {}));
}

/** A socket that was dialled, once it was welcomed. */
export async function welcomed(socket: WebSocket): Promise<Live> {
  const room = new Room(socket);
  const refusal = refused(socket);
  refusal.catch(() => {}); // raced below; a later error is told by the end
  await Promise.race([room.welcome, refusal, room.gone]);
  return room;
}

class Room implements Live {
  clientId = '';
  ended: Closed | null = null;
  readonly closed: Promise<Closed>;
  readonly welcome: Promise<void>;
  /** Rejects at the end: for what waits for an answer. */
  readonly gone: Promise<never>;
  private readonly heard: Notification[] = [];
  private fault: LiveError | null = null;
  private readonly complaints: ((message: string) => void)[] = [];

  constructor(private readonly socket: WebSocket) {
    this.closed = new Promise((done) => {
      socket.once('close', (code, reason) => done((this.ended = { code, reason: reason.toString('utf8') })));
    });
    this.gone = this.closed.then(({ code, reason }) => {
      throw new LiveError(`the notifier closed the connection: ${code} ${reason}`, code, reason);
    });
    this.gone.catch(() => {}); // an end that nobody waits for is an ordinary one
    socket.on('error', () => {}); // the end says it
    this.welcome = new Promise((done) => socket.on('message', (message) => this.hear(message, done)));
  }

  get notifications(): readonly Notification[] {
    if (this.fault) throw this.fault;
    return this.heard;
  }

  private hear(message: RawData, welcome: () => void): void {
    const text = (message as Buffer).toString('utf8');
    const frame: unknown = JSON.parse(text);
    if (!matches(Frame, frame)) {
      this.fault ??= new LiveError(`a frame off contract: ${explain(Frame, frame)}`, 0, text);
      return;
    }
    if (frame.type === 'notification') this.heard.push(frame);
    if (frame.type === 'error') this.complaints.shift()?.(frame.message);
    if (frame.type === 'welcome') {
      this.clientId = frame.client_id;
      welcome();
    }
  }

  provoke(wrong: string): Promise<string> {
    const answer = new Promise<string>((done) => this.complaints.push(done));
    this.socket.send(wrong);
    const late = sleep(ANSWER_MS, undefined, { ref: false }).then(() => {
      throw new LiveError(`no error frame came for ${wrong.slice(0, 100)}`, 0, '');
    });
    late.catch(() => {}); // raced here, and only here
    return Promise.race([answer, this.gone, late]);
  }

  async subscribe(...filters: readonly string[]): Promise<void> {
    for (const filter of filters) this.socket.send(command('subscribe', filter));
    await this.provoke(FENCE);
  }

  async unsubscribe(...filters: readonly string[]): Promise<void> {
    for (const filter of filters) this.socket.send(command('unsubscribe', filter));
    await this.provoke(FENCE);
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
    if (this.ended) return;
    this.socket.resume();
    this.socket.close(1_000);
    const drop = setTimeout(() => this.socket.terminate(), OPEN_MS);
    await this.closed;
    clearTimeout(drop);
  }
}
