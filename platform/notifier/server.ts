import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Caller } from '../api/context';
import type { Database } from '../store/database';
import { admit, PROTOCOL, Refused } from './admission';
import { Connection } from './connection';
import { openFeed } from './feed';
import { Hub } from './hub';
import type { Live } from './live';

const LARGEST_MESSAGE = 64 * 1_024;
const MOST_FRAGMENTS = 64;
/** How long clients may take to close when the server stops, ms. */
const PARTING_MS = 500;

export interface NotifierOptions {
  readonly db: Database;
  /** Of the owner. */
  readonly databaseUrl: string;
  readonly tokenSecret: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log: Logger;
}

export interface Notifier extends Live<Caller> {
  readonly port: number;
  /** Serves `/ws` on another server's port too. */
  attach(server: Server): void;
  /** Ends every connection, and takes no more. */
  endAll(): Promise<void>;
  close(): Promise<void>;
}

/** Follows what happens, and tells it on a port of its own. Throws what the database says, or that the port is taken. */
export async function startNotifier(options: NotifierOptions): Promise<Notifier> {
  const { db, databaseUrl, log } = options;
  const hub = new Hub(db, log);
  const feed = await openFeed({
    url: databaseUrl,
    log,
    heard: (told) => hub.heard(told),
    lost: () => hub.endAll('restart'),
  });
  const live: Live<Caller> = {
    join: (caller, subscriber) => hub.join(caller, subscriber),
    catchUp: () => feed.catchUp(),
  };
  const door = new Door(options, live);
  const server = createServer((request, response) => answer(request, response, hub));
  door.open(server);
  try {
    await listening(server, options);
  } catch (error) {
    await feed.close();
    throw error;
  }
  const endAll = async () => {
    hub.endAll('restart');
    await door.shut();
  };
  return {
    ...live,
    port: (server.address() as AddressInfo).port,
    attach: (other) => door.open(other),
    endAll,
    close: async () => {
      await endAll();
      await feed.close();
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
    },
  };
}

function listening(server: Server, { host, port }: NotifierOptions): Promise<void> {
  return new Promise((done, refuse) => {
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      done();
    });
  });
}

/** What is no socket: `/health`, `/stats`, and a hint at `/ws`. */
function answer({ method, url = '' }: IncomingMessage, response: ServerResponse, hub: Hub): void {
  const bodies: Record<string, (() => object) | undefined> = {
    '/health': () => ({ status: 'ok' }),
    '/stats': () => hub.stats,
    '/ws': undefined,
  };
  const path = pathOf(url);
  if (!Object.hasOwn(bodies, path)) return void response.writeHead(404).end();
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
  const body = bodies[path];
  if (!body) return void response.writeHead(426, { upgrade: 'websocket', connection: 'upgrade' }).end();
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body()));
}

const pathOf = (url: string): string => url.split('?', 1)[0]!;

/** Lets clients in by `/ws`, whoever they are once they have said so. */
class Door {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    maxFragments: MOST_FRAGMENTS,
    perMessageDeflate: false,
    clientTracking: true,
    autoPong: false, // a flood is answered with its end alone
    handleProtocols: (names) => names.has(PROTOCOL) && PROTOCOL,
  });
  private clients = 0;
  private isShut = false;

  constructor(
    private readonly options: NotifierOptions,
    private readonly live: Live<Caller>,
  ) {}

  open(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', (error) => this.options.log.debug({ err: error }, 'a socket failed before it was one'));
      void this.meet(request, socket, head);
    });
  }

  /** Lets nobody in any more, and waits a little for those inside to go. */
  async shut(): Promise<void> {
    this.isShut = true;
    const clients = [...this.sockets.clients];
    if (clients.length === 0) return;
    const gone = Promise.all(clients.map((client) => once(client, 'close')));
    await Promise.race([gone, pause(PARTING_MS)]);
    for (const client of clients) client.terminate();
  }

  private async meet(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { db, tokenSecret, log } = this.options;
    if (pathOf(request.url ?? '') !== '/ws') return refuse(socket, '404 Not Found');
    if (this.isShut) return refuse(socket, '503 Service Unavailable');
    try {
      const caller = await admit(db, tokenSecret, request);
      if (socket.destroyed) return;
      this.sockets.handleUpgrade(request, socket, head, (client) => {
        const connection = new Connection(client, caller, this.live, log);
        void connection.open(`client_${++this.clients}`).catch((error: unknown) => {
          log.error({ err: error }, 'a socket was closed: what it may read could not be asked');
          connection.end('restart');
        });
      });
    } catch (error) {
      if (error instanceof Refused) return refuse(socket, '401 Unauthorized', error.word);
      log.error({ err: error }, 'the notifier could not ask who connects');
      refuse(socket, '500 Internal Server Error', 'role_lookup_failed');
    }
  }
}

function refuse(socket: Duplex, status: string, word?: string): void {
  const body = word === undefined ? '' : JSON.stringify({ error: word });
  const type = word === undefined ? '' : 'content-type: application/json\r\n';
  socket.end(
    `HTTP/1.1 ${status}\r\n${type}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
