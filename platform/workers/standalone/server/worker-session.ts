import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { TokenClaims } from '../../../auth/tokens';
import { livenessNow } from '../../../base/clock';
import { isObject, type Json } from '../../../../contract/json';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../../contract/json-text/write-json';
import type { HeartbeatReply } from '../../../store/workers/workers';
import type { WorkerFeed } from '../../access/worker-feed';
import { forwardFeed } from '../../rpc/rpc';
import {
  CallMessage,
  CLOSE,
  type Renewal,
  type StandaloneMessage,
  type StandaloneSettings,
} from '../../rpc/standalone-protocol';
import { CallReplies, TooManyCalls } from './call-replies';
import { parseMessage } from './check-message';
import type { RenewedToken } from './renew-token';
import type { ServerAccess } from './server-access';
import { renewalDelayMs } from './token-lifetime';
import type { WorkerConnection } from './worker-connection';

interface WorkerSessionOptions {
  readonly id: string;
  /** Of the worker. */
  readonly name: string;
  readonly log: Logger;
  readonly access: ServerAccess;
  readonly feed: WorkerFeed;
  readonly settings: StandaloneSettings;
  /** Issues a token in place of this one. */
  renew(claims: TokenClaims): Promise<RenewedToken>;
  /** Whether the issuer of this token could issue it now. */
  isIssuerEntitled(claims: TokenClaims): Promise<boolean>;
  /** The process may not go on, as it could not. */
  onNotEntitled(): void;
}

/**
 * One process of a standalone worker, over all of its connections. A call that was sent over one
 * of them is answered over the next.
 */
export class WorkerSession {
  readonly id: string;
  private readonly calls: CallReplies;
  private readonly unsubscribe: () => void;
  private connection: WorkerConnection | null = null;
  private worker: number | null = null;

  constructor(private readonly options: WorkerSessionOptions) {
    this.id = options.id;
    const access = {
      ...options.access,
      registerWorker: this.register.bind(this),
      recordHeartbeat: this.recordHeartbeat.bind(this),
      renewToken: this.renewToken.bind(this),
    };
    this.calls = new CallReplies(access, (reply) => this.send(reply), { worker: options.name, log: options.log });
    this.unsubscribe = forwardFeed(
      options.feed,
      (message) => this.send(message),
      (notification) => this.worker !== null && addressee(notification) === this.worker,
    );
  }

  /** Attempts that the worker runs, known to another process of the platform until now. */
  async resume(worker: number, held: readonly number[]): Promise<void> {
    this.worker = worker;
    await this.options.access.resume(worker, held);
  }

  /** The worker has connected: this connection takes the place of an earlier one. */
  attach(connection: WorkerConnection, pending: readonly number[]): void {
    const earlier = this.socket;
    this.connection = connection;
    earlier?.terminate();
    const { socket, claims } = connection;
    socket.on('message', (data: Buffer) => this.receive(socket, data));
    socket.on('close', () => {
      if (this.connection === connection) this.connection = null;
    });
    const { settings } = this.options;
    const renewInMs = renewalDelayMs(claims, livenessNow());
    this.send({ welcome: { settings, known: this.calls.known(pending), renewInMs } });
    this.calls.sendAgain(pending);
    this.send({ connected: true });
  }

  get isConnected(): boolean {
    return this.connection !== null;
  }

  private get socket(): WebSocket | null {
    return this.connection?.socket ?? null;
  }

  /** Ends the session: a process with its id starts a new one. */
  close(code: number, reason: string): void {
    this.unsubscribe();
    this.socket?.close(code, reason);
    this.connection = null;
  }

  private async renewToken(): Promise<Renewal> {
    const { connection } = this;
    if (connection === null) throw new Error('the connection was lost');
    const { reply, claims } = await this.options.renew(connection.claims);
    if (claims !== null) connection.continueWith(claims);
    return reply;
  }

  /** Renews no lease for a token whose issuer has lost a right. */
  private async recordHeartbeat(held: readonly number[]): Promise<HeartbeatReply> {
    const { access, isIssuerEntitled, onNotEntitled } = this.options;
    if (this.connection === null || (await isIssuerEntitled(this.connection.claims)))
      return access.recordHeartbeat(held);
    onNotEntitled();
    return { cancelled: [], lost: held };
  }

  private async register(worker: Parameters<ServerAccess['registerWorker']>[0]): Promise<number> {
    return (this.worker = await this.options.access.registerWorker(worker));
  }

  private receive(socket: WebSocket, data: Buffer): void {
    if (socket.readyState !== socket.OPEN) return; // it was closed for an earlier message
    const call = parseMessage(CallMessage, data.toString('utf8'));
    if (call === null) return socket.close(CLOSE.invalid, 'the message is no call');
    try {
      this.calls.receive(call);
    } catch (error) {
      if (!(error instanceof TooManyCalls)) throw error;
      socket.close(CLOSE.invalid, 'too many calls without an answer');
    }
  }

  private send(message: StandaloneMessage): void {
    if (this.socket?.readyState === this.socket?.OPEN) this.socket?.send(writeJson(message));
  }
}

/** The worker that a notification is for; null: none. */
function addressee(notification: string): number | null {
  const message = parseJsonText(notification) as Json;
  return isObject(message) && typeof message.worker === 'number' ? message.worker : null;
}
