import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';
import { hasRepeatedHost } from '../../../base/http/host-headers';
import { CLOSE, Hello, MAX_WORKER_MESSAGE_BYTES } from '../../rpc/standalone-protocol';
import { authenticateWorker, ConnectionRefused, type AuthenticatedWorker } from './authenticate-worker';
import { parseMessage } from './check-message';
import { WorkerConnection } from './worker-connection';
import type { Database } from '../../../store/database/connection';
import { dropClients, refuseUpgrade } from '../../../base/http/web-sockets';

const HELLO_TIMEOUT_MS = 10_000;
/** A connection that does not answer for two of these is closed. */
const PING_INTERVAL_MS = 10_000;
const MAX_FRAGMENTS = 4_096;

interface StandaloneGatewayOptions {
  readonly db: Database;
  readonly tokenSecret: string;
  readonly log: Logger;
  /** Serves the process that has said hello; throws where it cannot. */
  serve(connection: WorkerConnection, worker: AuthenticatedWorker, hello: Hello): Promise<void>;
}

/** Accepts the connections of standalone workers. */
export class StandaloneGateway {
  private readonly webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_WORKER_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    perMessageDeflate: false,
    clientTracking: true,
  });
  private isClosed = false;

  constructor(private readonly options: StandaloneGatewayOptions) {}

  async handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { db, tokenSecret, log } = this.options;
    if (hasRepeatedHost(request.rawHeaders)) return refuseUpgrade(socket, '400 Bad Request');
    if (this.isClosed) return refuseUpgrade(socket, '503 Service Unavailable');
    try {
      const worker = await authenticateWorker(db, tokenSecret, request);
      if (socket.destroyed) return;
      this.webSockets.handleUpgrade(request, socket, head, (client) => this.accept(client, worker));
    } catch (error) {
      if (error instanceof ConnectionRefused)
        return refuseUpgrade(socket, error.status, { error: error.message, code: error.code });
      log.error({ err: error }, 'worker refused: authentication failed');
      refuseUpgrade(socket, '503 Service Unavailable');
    }
  }

  /** Refuses new connections, and drops those that are not closed in time. */
  async close(): Promise<void> {
    this.isClosed = true;
    const { clients } = this.webSockets;
    for (const client of clients) client.close(CLOSE.restart, 'the platform stops');
    await dropClients(clients);
  }

  private accept(client: WebSocket, worker: AuthenticatedWorker): void {
    const { log } = this.options;
    client.on('error', (error) => log.debug({ err: error, worker: worker.name }, 'connection of a worker failed'));
    const connection = new WorkerConnection(client, worker.claims);
    closeOnSilence(client);
    const helloTimer = setTimeout(() => client.close(CLOSE.invalid, 'no hello'), HELLO_TIMEOUT_MS);
    client.once('close', () => clearTimeout(helloTimer));
    client.once('message', (data: Buffer) => {
      clearTimeout(helloTimer);
      const hello = parseMessage(Hello, data.toString('utf8'));
      if (hello === null) return client.close(CLOSE.invalid, 'the first message is no hello');
      this.options.serve(connection, worker, hello).catch((error: unknown) => {
        log.error({ err: error, worker: worker.name }, 'could not serve a standalone worker');
        client.close(CLOSE.restart, 'the platform could not answer');
      });
    });
  }
}

/** A network that fails without a word leaves a connection open at one end. */
function closeOnSilence(client: WebSocket): void {
  let isAlive = true;
  client.on('pong', () => (isAlive = true));
  const timer = setInterval(() => {
    if (!isAlive) return client.terminate();
    isAlive = false;
    client.ping();
  }, PING_INTERVAL_MS);
  client.once('close', () => clearInterval(timer));
}
