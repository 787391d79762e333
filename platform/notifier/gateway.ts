import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { TenantQuota } from '../auth/tenant-quota';
import { RateLimited } from '../base/domain-error';
import type { Caller } from '../auth/caller';
import { hasRepeatedHost } from '../base/http/host-headers';
import type { Database } from '../store/database/connection';
import { dropClients, pathname, refuseUpgrade } from '../base/http/web-sockets';
import { authenticateSocket, SocketRejection, WEBSOCKET_PROTOCOL } from './authenticate-socket';
import { SocketConnection } from './socket-connection';
import type { SubscriptionHub } from './subscriptions';

export const WEBSOCKET_PATH = '/ws';
const MAX_MESSAGE_BYTES = 64 * 1_024;
const MAX_FRAGMENTS = 64;

export interface GatewayOptions {
  readonly db: Database;
  readonly tokenSecret: string;
  readonly tenantQuota: TenantQuota;
  /** Sends what Attune does not send. */
  readonly extensions: boolean;
  readonly log: Logger;
}

/** Accepts WebSocket connections of authenticated callers on `/ws`. */
export class WebSocketGateway {
  private readonly webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    perMessageDeflate: false,
    clientTracking: true,
    autoPong: false, // SocketConnection sends pongs, and none to a client that floods
    handleProtocols: (names) => names.has(WEBSOCKET_PROTOCOL) && WEBSOCKET_PROTOCOL,
  });
  private acceptedClients = 0;
  private isClosed = false;

  constructor(
    private readonly options: GatewayOptions,
    private readonly hub: SubscriptionHub<Caller>,
  ) {}

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', (error) => this.options.log.debug({ err: error }, 'connection failed before its upgrade'));
      void this.handleUpgrade(request, socket, head);
    });
  }

  /** Rejects new connections, and drops those that clients do not close in time. */
  async close(): Promise<void> {
    this.isClosed = true;
    await dropClients(this.webSockets.clients);
  }

  /** Of a connection whose errors are handled. */
  async handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { db, tokenSecret, tenantQuota, extensions, log } = this.options;
    if (hasRepeatedHost(request.rawHeaders)) return refuseUpgrade(socket, '400 Bad Request');
    if (pathname(request.url ?? '') !== WEBSOCKET_PATH) return refuseUpgrade(socket, '404 Not Found');
    if (this.isClosed) return refuseUpgrade(socket, '503 Service Unavailable');
    try {
      const caller = await authenticateSocket(db, tokenSecret, request);
      if (socket.destroyed) return;
      socket.once('close', tenantQuota.openSocket(caller.tenant));
      this.webSockets.handleUpgrade(request, socket, head, (client) => {
        const clientId = `client_${++this.acceptedClients}`;
        const clientLog = log.child({ client: clientId, identity: caller.identity });
        const connection = new SocketConnection(client, caller, this.hub, { extensions, log: clientLog });
        void connection.open(clientId).catch((error: unknown) => {
          clientLog.error({ err: error }, 'subscriber disconnected: rights lookup failed');
          connection.close('restart');
        });
      });
    } catch (error) {
      if (error instanceof RateLimited) return refuseUpgrade(socket, '429 Too Many Requests', { error: error.message });
      if (error instanceof SocketRejection) return refuseUpgrade(socket, '401 Unauthorized', { error: error.code });
      log.error({ err: error }, 'connection rejected: authentication failed');
      refuseUpgrade(socket, '500 Internal Server Error', { error: 'role_lookup_failed' });
    }
  }
}
