import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  forwardConnections,
  MAX_CONNECTIONS,
  type ConnectionForwarder,
} from '../../../platform/worker/isolation/connection-forwarder';

const HOST = '127.0.0.1';

const releases: (() => void)[] = [];
afterEach(() => releases.splice(0).forEach((release) => release()));

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, HOST), 'listening');
  releases.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Returns the port at which the forwarder listens. */
async function forwardTo(target: Server): Promise<{ port: number; forwarder: ConnectionForwarder }> {
  const listening = createServer();
  const [targetPort, port] = [await listen(target), await listen(listening)];
  const forwarder = forwardConnections(listening, { host: HOST, port: targetPort });
  releases.push(() => forwarder.close());
  return { port, forwarder };
}

function open(port: number): Socket {
  const socket = connect({ port, host: HOST, allowHalfOpen: true });
  releases.push(() => void socket.destroy());
  return socket.on('error', () => undefined);
}

/** Empty where the connection ends without data. */
const firstData = (socket: Socket): Promise<string> =>
  Promise.race([once(socket, 'data').then(String), once(socket, 'end').then(() => '')]);

test('an answer after the end of the request arrives whole', async () => {
  const target = createServer({ allowHalfOpen: true }, (socket) => {
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('end', () => socket.end(received.toUpperCase()));
  });
  const { port } = await forwardTo(target);
  const sent = 'abc'.repeat(300_000);

  const socket = open(port);
  socket.end(sent);

  expect((await text(socket)) === sent.toUpperCase()).toBe(true);
});

test('a connection ends where nothing listens at the target', async () => {
  const target = createServer();
  const { port } = await forwardTo(target);
  target.close();

  await expect(text(open(port))).resolves.toBe('');
});

test('connections above the limit are closed, and one that ends makes room', async () => {
  const { port } = await forwardTo(createServer((socket) => void socket.write('in')));
  const sockets = Array.from({ length: MAX_CONNECTIONS }, () => open(port));
  await Promise.all(sockets.map((socket) => once(socket, 'data')));

  await expect(text(open(port))).resolves.toBe('');

  sockets[0]!.destroy();
  let answer = '';
  while (answer === '') answer = await firstData(open(port));
  expect(answer).toBe('in');
});

test('its end closes every connection', async () => {
  const { port, forwarder } = await forwardTo(createServer((socket) => void socket.write('in')));
  const socket = open(port);
  await once(socket, 'data');

  const ended = once(socket, 'end');
  forwarder.close();

  await expect(ended).resolves.toEqual([]);
});
