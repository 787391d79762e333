import { connect } from 'node:net';

/** What a slow connection received before the server closed it, and after how long. */
export interface Disconnection {
  readonly received: string;
  readonly ms: number;
}

/** Opens a connection, sends `opening` and then one byte per second until the server closes it. */
export function slowClient(url: string, opening: string): Promise<Disconnection> {
  const { hostname, port } = new URL(url);
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(opening));
    const interval = setInterval(() => socket.writable && socket.write('x'), 1_000);
    socket.on('data', (bytes) => (received += bytes.toString('latin1')));
    socket.on('error', () => undefined); // expected: the server closes the connection
    socket.on('close', () => {
      clearInterval(interval);
      resolve({ received, ms: performance.now() - startedAt });
    });
  });
}
