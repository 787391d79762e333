import { connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** At the same time, of one tenant to one port; further ones are closed at once. */
export const MAX_CONNECTIONS = 128;

/** Connects what a server accepts to an address of this process's own network. */
export interface ConnectionForwarder {
  /** Ends its connections. */
  close(): void;
}

const ignoreEnd = (): void => undefined;

/** Takes over a server that listens, also in another network namespace. */
export function forwardConnections(
  listening: Server,
  target: { readonly host: string; readonly port: number },
): ConnectionForwarder {
  const accepted = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.add(socket);
    socket.once('close', () => accepted.delete(socket));
    const upstream = connect({ ...target, allowHalfOpen: true });
    pipeline(socket, upstream, ignoreEnd);
    pipeline(upstream, socket, ignoreEnd);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(listening);
  return {
    close: () => {
      server.close();
      for (const socket of accepted) socket.destroy();
    },
  };
}
