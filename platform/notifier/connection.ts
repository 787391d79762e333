import type { RawData, WebSocket } from 'ws';
import type { Logger } from 'pino';
import { CLOSE } from '../../contract/notifications';
import type { Caller } from '../api/context';
import { hostNow } from '../clock';
import { Allowance } from './allowance';
import type { Announcement } from './announcement';
import { atInstant } from './expiry';
import type { Farewell, Live, Member, Subscriber } from './live';
import { complaintOf, errorFrame, readCommand, welcomeOf, type Command } from './protocol';

/** How far behind a client may be. */
const BEHIND_BYTES = 1_024 * 1_024;
const BEHIND_MS = 10_000;
/** Between two looks at how far behind it is, ms. */
const WATCH_MS = 1_000;
const MOST_FILTERS = 1_000;
/** How long a client may take to close, ms; then its socket is dropped, and what was still to be sent. */
const CLOSE_MS = 5_000;

const FAREWELLS = {
  expired: { code: CLOSE.expired, reason: 'token expired' },
  restart: { code: CLOSE.restart, reason: 'connect again' },
  slow: { code: CLOSE.slow, reason: 'too far behind' },
  flood: { code: CLOSE.flood, reason: 'too many messages' },
} as const;

type Order = Command | { readonly is: 'complaint'; readonly message: string };

/** One client's socket: what it asks for in the order it came, what it is told, and when that is enough. */
export class Connection implements Subscriber {
  private member: Member | null = null;
  private readonly allowance = new Allowance();
  private orders: Order[] = [];
  private working = false;
  private over = false;
  /** When each frame that is not yet out was handed over, oldest first. */
  private readonly unsent: number[] = [];
  private readonly watch: NodeJS.Timeout;
  private callOff: () => void = () => undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly caller: Caller,
    private readonly live: Live<Caller>,
    private readonly log: Logger,
  ) {
    socket.on('message', (data, isBinary) => this.hear(data, isBinary));
    socket.on('ping', (data: Buffer) => {
      if (this.pay(data.length)) socket.pong(data);
    });
    socket.on('pong', (data: Buffer) => this.pay(data.length));
    socket.on('error', (error) => log.debug({ err: error }, 'a socket failed'));
    socket.on('close', () => this.finish());
    this.watch = setInterval(() => this.checkPace(), WATCH_MS);
    this.watch.unref();
    this.callOff = atInstant(caller.claims.expiresAt, () => this.end('expired'));
  }

  /** Takes its place. The welcome goes first; what the client asked for meanwhile comes after it. */
  async open(client: string): Promise<void> {
    const member = await this.live.join(this.caller, this);
    if (!member) return this.end('expired');
    if (this.over) return member.leave();
    this.socket.send(welcomeOf(client));
    this.member = member;
    void this.work();
  }

  get isBehind(): boolean {
    return !this.over && this.socket.bufferedAmount > BEHIND_BYTES / 4;
  }

  deliver({ frame }: Announcement): void {
    if (this.over) return;
    this.unsent.push(hostNow());
    this.socket.send(frame, { binary: false }, () => void this.unsent.shift());
    this.checkPace();
  }

  end(why: Farewell | 'slow' | 'flood'): void {
    if (this.over) return;
    this.finish();
    const { code, reason } = FAREWELLS[why];
    this.socket.close(code, reason);
    const drop = setTimeout(() => this.socket.terminate(), CLOSE_MS);
    this.socket.once('close', () => clearTimeout(drop));
  }

  private finish(): void {
    this.over = true;
    clearInterval(this.watch);
    this.callOff();
    this.orders = [];
    this.member?.leave();
  }

  private checkPace(): void {
    const [oldest] = this.unsent;
    const isLate = oldest !== undefined && hostNow() - oldest > BEHIND_MS;
    if (isLate || this.socket.bufferedAmount > BEHIND_BYTES) this.end('slow');
  }

  private pay(bytes: number): boolean {
    if (this.over) return false;
    if (this.allowance.spend(bytes)) return true;
    this.end('flood');
    return false;
  }

  private hear(data: RawData, isBinary: boolean): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    if (!this.pay(bytes.length) || isBinary) return;
    this.orders.push(orderOf(bytes.toString('utf8')));
    void this.work();
  }

  /** In order; a subscription counts from when all that had committed before it was told to others. */
  private async work(): Promise<void> {
    if (this.working || !this.member) return;
    this.working = true;
    try {
      while (this.orders.length > 0) {
        const orders = this.orders.splice(0);
        if (orders.some(({ is }) => is === 'subscribe')) await this.live.catchUp();
        if (this.over) return;
        for (const order of orders) this.obey(order, this.member);
      }
    } catch (error) {
      this.log.error({ err: error }, 'a socket was closed: its subscriptions could not be made');
      this.end('restart');
    } finally {
      this.working = false;
    }
  }

  private obey(order: Order, member: Member): void {
    if (order.is === 'complaint') return this.complain(order.message);
    if (order.is === 'ping') return;
    const { key, user } = order.filter;
    if (order.is === 'unsubscribe') return member.unsubscribe(key);
    if (user !== null && user !== this.caller.identity && !member.isAdmin)
      return this.complain('only the role admin may watch another user');
    if (member.keys.size >= MOST_FILTERS && !member.keys.has(key))
      return this.complain(`a connection holds at most ${MOST_FILTERS} filters`);
    member.subscribe(key);
  }

  private complain(message: string): void {
    if (!this.over) this.socket.send(errorFrame(message));
    this.checkPace();
  }
}

function orderOf(text: string): Order {
  try {
    return readCommand(text);
  } catch (error) {
    const message = complaintOf(error);
    if (message === null) throw error;
    return { is: 'complaint', message };
  }
}
