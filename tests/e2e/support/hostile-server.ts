import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { RecordedRequest } from '../../../helpers/fixtures/mock-http-server';
import { SELF_SIGNED_CERTIFICATE } from './self-signed-certificate';

/** A server of a test whose responses may violate the protocol. */
export interface HostileServer {
  readonly port: number;
  /** `http://host:port`. */
  readonly url: string;
  /** The received requests, in order. */
  readonly received: readonly RecordedRequest[];
  /** Number of accepted connections, with or without a request. */
  connections(): number;
  close(): Promise<void>;
}

const SLOW_BYTE_MS = 50;

export type RequestHandler = (request: RecordedRequest, response: ServerResponse) => void;

/** Responds with one byte every 50 ms without end. */
export const endlessSlowBody: RequestHandler = (_, response) => {
  const interval = setInterval(() => response.write('.'), SLOW_BYTE_MS);
  response.on('close', () => clearInterval(interval));
};

/** Starts on a free port of `host`. `secure`: over TLS with a self-signed certificate. */
export function startHostileServer(host: string, handler: RequestHandler, secure = false): Promise<HostileServer> {
  const received: RecordedRequest[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const receivedRequest = { method, path, headers, body: Buffer.concat(chunks).toString() };
      received.push(receivedRequest);
      handler(receivedRequest, response);
    });
  };
  return listen(
    secure ? createTlsServer(SELF_SIGNED_CERTIFICATE, listener) : createServer(listener),
    host,
    received,
    secure,
  );
}

/** The same without HTTP: `onConnection` receives each connection. */
export const startRawServer = (host: string, onConnection: (socket: Socket) => void): Promise<HostileServer> =>
  listen(createTcpServer(onConnection), host, [], false);

async function listen(
  server: Server,
  host: string,
  received: RecordedRequest[],
  secure: boolean,
): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket)); // a client may disconnect at any time
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${secure ? 'https' : 'http'}://${host}:${port}`,
    received,
    connections: () => connections,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
