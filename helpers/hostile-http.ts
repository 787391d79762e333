import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SELF_SIGNED } from './self-signed';

/** A server of the test's own that answers as it is told to, however badly. */
export interface HostileServer {
  readonly port: number;
  /** `http://host:port`. */
  readonly url: string;
  /** Method, path, headers and body of what it was asked, in order. */
  readonly asked: readonly AskedOf[];
  /** Connections it was sent, spoken over or not. */
  connections(): number;
  close(): Promise<void>;
}

export interface AskedOf {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const DRIP_MS = 50;

export type Answer = (asked: AskedOf, response: ServerResponse) => void;

/** A byte now and then, for ever. */
export const dripping: Answer = (_, response) => {
  const drip = setInterval(() => response.write('.'), DRIP_MS);
  response.on('close', () => clearInterval(drip));
};

/** On a free port of `host`. `secure`: over TLS, with a certificate that nobody vouches for. */
export function startHostile(host: string, answer: Answer, secure = false): Promise<HostileServer> {
  const asked: AskedOf[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString() };
      asked.push(one);
      answer(one, response);
    });
  };
  return listening(secure ? createTlsServer(SELF_SIGNED, listener) : createServer(listener), host, asked, secure);
}

/** The same without HTTP: `speak` is given each connection. */
export const startRaw = (host: string, speak: (socket: Socket) => void): Promise<HostileServer> =>
  listening(createTcpServer(speak), host, [], false);

async function listening(server: Server, host: string, asked: AskedOf[], secure: boolean): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket)); // who asks leaves as it likes
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${secure ? 'https' : 'http'}://${host}:${port}`,
    asked,
    connections: () => connections,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
