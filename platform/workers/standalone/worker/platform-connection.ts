import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import { backoffMs } from '../../../base/async/retry-with-backoff';
import { methodsFor } from '../../access/call-methods';
import type { WorkerFeed } from '../../access/worker-feed';
import { RpcClient, type Call } from '../../rpc/rpc';
import {
  CLOSE,
  MAX_WORKER_MESSAGE_BYTES,
  STANDALONE_CALLS,
  type StandaloneAccess,
  type StandaloneMessage,
  type Welcome,
} from '../../rpc/standalone-protocol';
import { ConnectionFailure, unreachable } from './connection-failure';
import { openSocket } from './open-socket';
import { TokenRenewal, type TokenSource } from './token-renewal';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../../contract/json-text/write-json';

const BACKOFF = { firstMs: 100, maxMs: 5_000 } as const;
/** The platform sends a ping each 10 s: one that is silent for longer is not connected. */
const SILENCE_MS = 25_000;

interface ConnectionOptions {
  /** Of the API. */
  readonly url: string;
  readonly name: string;
  /** Read for each connection: an expired token is replaced without a restart. */
  readonly tokens: TokenSource;
  /** Fencing tokens of the attempts that the worker has. */
  held(): number[];
  /** The worker cannot go on. All calls reject. */
  onFailure(failure: ConnectionFailure): void;
  readonly log: Logger;
}

/**
 * The platform, from a host that reaches it over the network alone. A connection that is lost is
 * opened again; until then calls wait.
 */
export class PlatformConnection {
  readonly access: StandaloneAccess;
  private readonly session = randomUUID();
  private readonly client = new RpcClient((call) => this.send(call), MAX_WORKER_MESSAGE_BYTES);
  private readonly stopping = new AbortController();
  private readonly renewal: TokenRenewal;
  private socket: WebSocket | null = null;
  private isWelcome = false;
  private worker: number | null = null;

  constructor(private readonly options: ConnectionOptions) {
    this.access = this.createAccess();
    const { tokens: source, log } = options;
    this.renewal = new TokenRenewal({ renew: () => this.access.renewToken(), source, log });
  }

  /** Connects for the first time. Throws ConnectionFailure. */
  async open(): Promise<Welcome> {
    const socket = await this.openSocket();
    return this.follow(socket);
  }

  get feed(): WorkerFeed {
    return this.client;
  }

  close(): void {
    this.stop();
    this.client.close(new Error('the connection to the platform is closed'));
    this.socket?.close();
  }

  private async openSocket(): Promise<WebSocket> {
    const { url, name, tokens } = this.options;
    return openSocket({ url, name, token: await tokens.read() });
  }

  /** Says hello, and waits for the answer. A connection that is lost later is opened again. */
  private follow(socket: WebSocket): Promise<Welcome> {
    this.socket = socket;
    const { session, worker } = this;
    const { held, url } = this.options;
    const stopWatching = terminateOnSilence(socket);
    return new Promise((resolve, reject) => {
      socket.on('message', (data: Buffer) => {
        const message = parseJsonText(data.toString('utf8')) as StandaloneMessage;
        if ('welcome' in message) resolve(this.welcome(message.welcome));
        else this.client.receive(message);
      });
      socket.once('close', (code) => {
        stopWatching();
        const failure = failureOf(code, url);
        reject(failure);
        if (this.isWelcome && this.socket === socket) this.lost(failure);
      });
      socket.send(writeJson({ session, worker, held: held(), pending: this.client.pendingIds }));
    });
  }

  private welcome(welcome: Welcome): Welcome {
    this.isWelcome = true;
    this.client.sendAgain(welcome.known);
    this.renewal.schedule(welcome.renewInMs);
    return welcome;
  }

  private lost(failure: ConnectionFailure): void {
    this.isWelcome = false;
    this.socket = null;
    if (this.stopping.signal.aborted) return;
    if (!failure.isTransient) return this.fail(failure);
    this.options.log.warn({ why: failure.message }, 'connection to the platform lost, reconnecting');
    void this.reconnect();
  }

  private async reconnect(): Promise<void> {
    for (let retry = 1; !this.stopping.signal.aborted; retry++) {
      await pause(backoffMs(BACKOFF, retry), undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      try {
        await this.follow(await this.openSocket());
        return;
      } catch (error) {
        if (!(error instanceof ConnectionFailure))
          this.options.log.error({ err: error, worker: this.options.name }, 'could not connect, trying again');
        else if (!error.isTransient) return this.fail(error);
      }
    }
  }

  private stop(): void {
    this.stopping.abort();
    this.renewal.stop();
  }

  private fail(failure: ConnectionFailure): void {
    this.stop();
    this.client.close(failure);
    this.options.onFailure(failure);
  }

  private send(call: Call): void {
    if (this.isWelcome && this.socket?.readyState === WebSocket.OPEN) this.socket.send(writeJson(call));
  }

  /** A method for each call. */
  private createAccess(): StandaloneAccess {
    const access = methodsFor<StandaloneAccess>(STANDALONE_CALLS, (name, args) => this.client.call(name, args));
    return {
      ...access,
      registerWorker: async (worker) => (this.worker = await access.registerWorker(worker)),
    };
  }
}

function failureOf(code: number, url: string): ConnectionFailure {
  if (code === CLOSE.replaced)
    return new ConnectionFailure(
      'WORKER_REPLACED',
      `another process has connected to ${url} as this worker; give each process a name of its own`,
    );
  if (code === CLOSE.invalid)
    return new ConnectionFailure(
      'WORKER_PROTOCOL_MISMATCH',
      `${url} does not understand this worker; install the same version of tuningfork on both hosts`,
    );
  return unreachable(url, `the connection was closed (${code})`);
}

function terminateOnSilence(socket: WebSocket): () => void {
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.terminate(), SILENCE_MS);
  };
  socket.on('ping', restart).on('message', restart);
  restart();
  return () => clearTimeout(timer);
}
