import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { openSocket } from '../../../platform/workers/standalone/worker/open-socket';

/** A server that answers a request, and keeps the connection open. */
async function serve(answer: string) {
  const closed: Promise<unknown>[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    closed.push(once(socket, 'close'));
    socket.once('data', () => socket.write(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  };
  return { url, closed, stop };
}

test.each([
  ['a length', 'Content-Length: 2\r\n\r\nno'],
  ['chunks', 'Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'],
  ['a body that does not end', 'Content-Length: 20\r\n\r\nno'],
])('a refusal with %s is reported, and its connection closed', async (_, rest) => {
  const server = await serve(`HTTP/1.1 404 Not Found\r\n${rest}`);
  try {
    const opening = openSocket({ url: server.url, name: 'w', token: 't' });

    await expect(opening).rejects.toMatchObject({ code: 'NO_WORKER_ROUTE', isTransient: false });
    await Promise.all(server.closed);
  } finally {
    server.stop();
  }
});
