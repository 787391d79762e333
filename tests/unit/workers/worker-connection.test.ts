import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connectToPlatform } from '../../../platform/workers/rpc/connect-worker';
import { serveWorker, type WorkerStart } from '../../../platform/workers/rpc/serve-worker';
import type { WorkerAccess } from '../../../platform/workers/access/worker-access';
import { openLog } from '../../../platform/files/open-log';
import type { FeedSubscriber } from '../../../platform/workers/access/worker-feed';

const UNUSED = { feed: { subscribe: () => () => undefined }, log: openLog({ write: () => undefined }) };
const START = { name: 'w1', apiUrl: 'http://127.0.0.1:9' } as WorkerStart;

const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

/** Both ends of a connection. */
async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  server.close();
  sockets.push(client, accepted);
  return [client, accepted];
}

/** A worker that is connected to a platform with these calls. */
async function connectWorker(calls: Partial<WorkerAccess>) {
  const [workerEnd, platformEnd] = await socketPair();
  const subscribers = new Set<FeedSubscriber>();
  const feed = {
    subscribe: (subscriber: FeedSubscriber) => {
      subscribers.add(subscriber);
      return () => void subscribers.delete(subscriber);
    },
  };
  const logged: unknown[] = [];
  const log = openLog({ write: (line: string) => void logged.push(JSON.parse(line)) });
  serveWorker(platformEnd, START, calls as WorkerAccess, { feed, log });
  const onClosed = jest.fn();
  const connection = (await connectToPlatform(workerEnd, onClosed))!;
  return { connection, platformEnd, subscribers, onClosed, logged };
}

test('a call reaches the platform, and its value the worker', async () => {
  const markStarted = jest.fn((token: number) => Promise.resolve(token === 7));
  const { connection } = await connectWorker({ markStarted });

  expect(connection.start).toEqual(START);
  const started = [7, 8].map((token) => connection.access.markStarted(token, 1.5));
  await expect(Promise.all(started)).resolves.toEqual([true, false]);
  expect(markStarted).toHaveBeenCalledWith(7, 1.5);
});

test('an error keeps its message and its code alone', async () => {
  const failure = Object.assign(new Error('no connection'), { code: '57P01', detail: 's3cret' });
  const { connection } = await connectWorker({ deactivateWorker: () => Promise.reject(failure) });

  const error: unknown = await connection.access.deactivateWorker().catch((reason: unknown) => reason);

  expect(error).toMatchObject({ message: 'no connection', code: '57P01' });
  expect(error).not.toHaveProperty('detail');
});

test('an error of a call is logged where it happens, with its call', async () => {
  const { connection, logged } = await connectWorker({
    finishAttempt: () => Promise.reject(new TypeError('no outcome')),
    claimExecutions: () => Promise.reject(Object.assign(new Error('no connection'), { code: 'ECONNREFUSED' })),
  });

  await expect(connection.access.finishAttempt(7, {} as never)).rejects.toThrow('no outcome');
  await expect(connection.access.claimExecutions(1)).rejects.toThrow('no connection');

  const stack = expect.stringMatching(/^TypeError: no outcome\n +at /) as unknown;
  const err = expect.objectContaining({ message: 'no outcome', stack }) as unknown;
  expect(logged).toEqual([
    expect.objectContaining({ level: 50, worker: 'w1', call: 'finishAttempt', fencingToken: 7, err }),
  ]);
});

test('an unknown worker call is refused', async () => {
  const [workerEnd, platformEnd] = await socketPair();
  serveWorker(platformEnd, START, {} as WorkerAccess, UNUSED);
  const received: string[] = [];
  workerEnd.on('data', (bytes: Buffer) => received.push(bytes.toString()));

  workerEnd.write('[1,"constructor",[]]\n');
  while (!received.join('').includes('"id":1')) await once(workerEnd, 'data');

  expect(received.join('')).toContain('constructor is not a call of workers');
});

test.each(['null', '7', '{"id":1}'])('the message %s of a worker ends its connection', async (message) => {
  const [workerEnd, platformEnd] = await socketPair();
  serveWorker(platformEnd, START, {} as WorkerAccess, UNUSED);

  workerEnd.resume().write(`${message}\n`);

  await once(workerEnd, 'close');
});

test('notifications reach the worker that subscribed', async () => {
  const { connection, subscribers } = await connectWorker({});
  const received: string[] = [];
  const arrived = new Promise<void>((resolve) => {
    const onNotification = (payload: string) => resolve(void received.push(payload));
    connection.feed.subscribe({ onConnected: () => received.push('connected'), onNotification });
  });

  for (const subscriber of subscribers) subscriber.onNotification('{"worker": 7}');
  await arrived;

  expect(received).toEqual(['connected', '{"worker": 7}']);
});

test('calls reject once the platform has ended', async () => {
  const endless = () => new Promise<never>(() => undefined);
  const { connection, platformEnd, onClosed } = await connectWorker({ claimExecutions: endless });

  const pending = connection.access.claimExecutions(1);
  platformEnd.destroy();

  await expect(pending).rejects.toThrow('the connection to the platform is closed');
  await expect(connection.access.claimExecutions(1)).rejects.toThrow('the connection to the platform is closed');
  expect(onClosed).toHaveBeenCalledTimes(1);
});

test('a platform that ends before it has started leaves no connection', async () => {
  const [workerEnd, platformEnd] = await socketPair();
  const connecting = connectToPlatform(workerEnd, () => undefined);

  platformEnd.destroy();

  await expect(connecting).resolves.toBeNull();
});
