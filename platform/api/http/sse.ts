import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { hostNow } from '../../base/clock';
import { isSlow, MAX_BUFFERED_BYTES, MAX_SEND_DELAY_MS } from '../../notifier/backpressure';

/** A client that receives nothing for longer may take the connection for dead, ms. */
export const KEEP_ALIVE_MS = 15_000;
export const KEEP_ALIVE_COMMENT = ': keep-alive\n\n';

/** A comment: it reaches the client and is no event. One line of text. */
export const sseComment = (text: string): string => `: ${text}\n\n`;

/**
 * One server-sent event with the default name `message`. Any line break in the text is allowed.
 */
export const sseMessage = (text: string): string => [...dataLines(text), '', ''].join('\n');

/**
 * One server-sent event; a client that connects again sends the id of the last one it received.
 */
export const sseEvent = (name: string, text: string, id?: number): string =>
  [`event: ${name}`, ...(id === undefined ? [] : [`id: ${id}`]), ...dataLines(text), '', ''].join('\n');

const dataLines = (text: string): string[] => text.split(/\r\n|\r|\n/).map((line) => `data: ${line}`);

/** Answers a request with a stream of events: a `Readable`, or a generator of formatted events. */
export const sendEventStream = (reply: FastifyReply, events: Readable | AsyncIterable<string>): FastifyReply =>
  reply
    .type('text/event-stream')
    .header('cache-control', 'no-store')
    .send(events instanceof Readable ? events : Readable.from(events));

/**
 * Events that are pushed to one client as they occur. A client that reads too slowly is
 * disconnected.
 */
export class EventStream {
  readonly body: Readable;
  /** When the client stopped reading; null while it reads. */
  private blockedSince: number | null = null;
  private isEnded = false;
  private readonly keepAlive: NodeJS.Timeout;

  /** `onClose` is called once the connection has closed, for whatever reason. */
  constructor(onClose: () => void) {
    this.body = new Readable({ read: () => void (this.blockedSince = null) });
    this.body.on('error', () => undefined); // the client has disconnected, and `close` follows
    this.body.once('close', onClose);
    this.keepAlive = setInterval(() => this.write(KEEP_ALIVE_COMMENT), KEEP_ALIVE_MS);
    this.keepAlive.unref();
    this.body.once('close', () => clearInterval(this.keepAlive));
  }

  get isSlow(): boolean {
    return !this.body.destroyed && isSlow(this.body.readableLength);
  }

  /** Sends formatted events or comments. Does nothing after the end. */
  write(text: string): void {
    if (this.body.destroyed || this.isEnded) return;
    if (!this.body.push(text)) this.blockedSince ??= hostNow();
    const isBlocked = this.blockedSince !== null && hostNow() - this.blockedSince > MAX_SEND_DELAY_MS;
    if (isBlocked || this.body.readableLength > MAX_BUFFERED_BYTES) this.body.destroy();
  }

  /** Sends what is still buffered, then ends the response. */
  end(): void {
    if (this.body.destroyed || this.isEnded) return;
    this.isEnded = true;
    clearInterval(this.keepAlive);
    this.body.push(null);
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.body.destroy();
  }
}
