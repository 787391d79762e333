import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { EXTENSION_NOTIFICATIONS } from '../../contract/notifications';
import { SHOWN_AS_RUNNING } from '../../contract/status';
import { writeJson } from '../../contract/json-text/write-json';
import type { Caller } from '../auth/caller';
import { pathname } from '../base/http/web-sockets';
import { WebSocketGateway, WEBSOCKET_PATH, type GatewayOptions } from './gateway';
import { openNotificationFeed } from './notification-feed';
import { NotificationHub, type SubscriberStats } from './notification-hub';
import type { NotificationRecord } from './protocol';
import type { SubscriptionHub } from './subscriptions';

interface NotifierOptions extends GatewayOptions {
  /** Connection URL of the database's owner. */
  readonly databaseUrl: string;
  readonly host: string;
  /** 0 selects a free port. */
  readonly port: number;
  /** `strict`: executions have the contract's statuses only. */
  readonly status: 'extended' | 'strict';
}

export interface Notifier extends SubscriptionHub<Caller> {
  readonly port: number;
  readonly stats: () => SubscriberStats;
  /** Serves `/ws` on another server's port too. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Closes every connection, and accepts no more. */
  closeAll(): Promise<void>;
  close(): Promise<void>;
}

/** The notifier's port could not be opened; `cause` is the error of the system. */
class NotifierNotListening extends Error {
  constructor(cause: Error) {
    super('the notifier cannot listen', { cause });
    this.name = 'NotifierNotListening';
  }
}

/**
 * Follows the notifications of the database, and sends them on a port of its own. Throws what kept
 * it from starting.
 */
export async function startNotifier(options: NotifierOptions): Promise<Notifier> {
  const { db, databaseUrl, extensions, status, log } = options;
  const hub = new NotificationHub(db, log);
  const feed = await openNotificationFeed({
    url: databaseUrl,
    log,
    shownAsRunning: status === 'strict' ? SHOWN_AS_RUNNING : [],
    onNotifications: (notifications) =>
      hub.publishAll(extensions ? notifications : notifications.filter(isContractual)),
    onGap: () => hub.closeAll(),
  });
  const subscriptions: SubscriptionHub<Caller> = {
    subscribe: (caller, subscriber) => hub.subscribe(caller, subscriber),
    catchUp: () => feed.catchUp(),
  };
  const gateway = new WebSocketGateway(options, subscriptions);
  const server = createServer((request, response) => handleRequest(request, response, hub));
  gateway.attach(server);
  try {
    await listen(server, options);
  } catch (error) {
    await feed.close();
    throw error;
  }
  const closeAll = async () => {
    hub.closeAll();
    await gateway.close();
  };
  return {
    ...subscriptions,
    port: (server.address() as AddressInfo).port,
    stats: () => hub.stats,
    handleUpgrade: (request, socket, head) => gateway.handleUpgrade(request, socket, head),
    closeAll,
    close: async () => {
      await closeAll();
      await feed.close();
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
    },
  };
}

const isContractual = ({ type }: NotificationRecord): boolean => !EXTENSION_NOTIFICATIONS.includes(type);

function listen(server: Server, { host, port }: NotifierOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new NotifierNotListening(error));
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** Plain HTTP: `/health`, `/stats`, and 426 for `/ws` without an upgrade. */
function handleRequest({ method, url = '' }: IncomingMessage, response: ServerResponse, hub: NotificationHub): void {
  const bodies: Record<string, (() => object) | undefined> = {
    '/health': () => ({ status: 'ok' }),
    '/stats': () => hub.stats,
    [WEBSOCKET_PATH]: undefined,
  };
  const path = pathname(url);
  if (!Object.hasOwn(bodies, path)) return void response.writeHead(404).end();
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
  const body = bodies[path];
  if (!body) return void response.writeHead(426, { upgrade: 'websocket', connection: 'upgrade' }).end();
  response.writeHead(200, { 'content-type': 'application/json' }).end(writeJson(body()));
}
