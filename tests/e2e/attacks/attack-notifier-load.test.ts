// Spec: slow, flooding or malformed clients and lost connections affect no other subscriber.
import { readFileSync } from 'node:fs';
import { awaitWelcome, openWebSocket, type NotifierSocket } from '../../../helpers/client/notifier-socket';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until, type Condition } from '../../../helpers/scenario/polling';
import {
  isAbout,
  isContiguousHistory,
  notificationsToArrive,
  notifierUrl,
  openNotifierSocket,
  socketToClose,
  statusChangesByExecution,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';
import { systemTest } from '../support/system-test';
import { openTargetDatabase } from '../../../helpers/target/target-database';
import { runNoops, waitForCompletions } from '../support/notified-executions';

const EVENTS = 20_000;
/** Few enough for the buffers of a connection: a reader on a busy host is not behind. */
const PORTION = 1_000;
const STALLED_SUBSCRIBERS = 5;

/**
 * Inserts the events of one trigger in portions, each once the reader has those before it. Returns
 * their notifications. The events are deleted after the test.
 */
const publishEvents = async (ctx: Context, trigger: string, reader: NotifierSocket): Promise<Notification[]> => {
  const { facts, deadline, defer } = ctx;
  await using owner = await openTargetDatabase(facts.databaseUrl);
  defer(async () => {
    await using cleaner = await openTargetDatabase(facts.databaseUrl);
    await cleaner.query('delete from event where trigger_ref = $1', [trigger]);
  });
  const isOfTrigger = ({ payload }: Notification) => payload.trigger_ref === trigger;
  let received: Notification[] = [];
  while (received.length < EVENTS) {
    await owner.query(`insert into event (trigger_ref) select $1 from generate_series(1, ${PORTION})`, [trigger]);
    const expected = received.length + PORTION;
    received = await until(notificationsToArrive(expected, 'event', reader, isOfTrigger), deadline);
  }
  return received;
};

/** The platform has closed the socket, by its log. */
const socketToBeDisconnected = ({ facts }: Context, { clientId }: NotifierSocket): Condition<true> =>
  predicateToHold('the platform to disconnect a stalled subscriber', () =>
    readFileSync(facts.log!, 'utf8')
      .split('\n')
      .some((line) => line.includes(`"client":"${clientId}"`) && line.includes('subscriber disconnected')),
  );

/**
 * Reads the code with which the platform closes a stalled socket. It has to be read within 5 s:
 * then the platform destroys a socket that does not read.
 */
const readCloseCode = async (ctx: Context, socket: NotifierSocket): Promise<number> => {
  await until(socketToBeDisconnected(ctx, socket), ctx.deadline);
  socket.resume();
  return (await until(socketToClose(socket), ctx.deadline)).code;
};

systemTest('WS-04 a subscriber that does not read is closed and delays no other', 60, async (ctx) => {
  const filters = ['entity_type:event'];
  const stalled = await Promise.all(
    Array.from({ length: STALLED_SUBSCRIBERS }, () => openNotifierSocket(ctx, filters)),
  );
  const reading = await openNotifierSocket(ctx, filters);
  for (const socket of stalled) socket.pause();
  const trigger = ctx.name('trigger');

  const [events, ...codes] = await Promise.all([
    publishEvents(ctx, trigger, reading),
    ...stalled.map((socket) => readCloseCode(ctx, socket)),
  ]);

  expect(codes).toEqual(stalled.map(() => 4408));
  expect(events.every(({ entity_id }, n) => n === 0 || entity_id > events[n - 1]!.entity_id)).toBe(true);
});

/** A WebSocket with the notifier socket on top of it. */
const openBoth = async (ctx: Context) => {
  const webSocket = openWebSocket(notifierUrl(ctx), [], { authorization: `Bearer ${ctx.facts.token}` });
  const socket = await awaitWelcome(webSocket);
  ctx.defer(() => socket[Symbol.asyncDispose]());
  return { webSocket, socket };
};

systemTest('WS-04 large messages, endless fragments and floods close their socket', async (ctx) => {
  const large = await openBoth(ctx);
  const fragments = await openBoth(ctx);
  const pings = await openBoth(ctx);
  const messages = await openBoth(ctx);
  const other = await openNotifierSocket(ctx, ['entity_type:execution']);

  large.webSocket.send('x'.repeat(16 * 1_024 * 1_024));
  for (let n = 0; n < 200; n++) fragments.webSocket.send('x', { fin: false });
  for (let n = 0; n < 10_000; n++) pings.webSocket.ping();
  for (let n = 0; n < 10_000; n++) messages.webSocket.send(`{"type":"subscribe","filter":"entity:execution:${n}"}`);

  const attackers = [large, fragments, pings, messages];
  const closeEvents = await Promise.all(attackers.map(({ socket }) => until(socketToClose(socket), ctx.deadline)));
  expect(closeEvents.map(({ code }) => code)).toEqual([1009, 1008, 1008, 1008]);
  await waitForCompletions(ctx, other, await runNoops(ctx, 1));
});

/** Messages that are not JSON, not an object, or not a valid subscription. */
const MALFORMED = [
  ...['{', 'null', '[]', '7', '{}', '{"type":"subscribe"}'],
  '{"type":"subscribe","filter":"entity:execution:x"}',
];

systemTest('WS-04 a malformed message gets an error and the socket stays open', async (ctx) => {
  const socket = await openNotifierSocket(ctx, []);

  socket.send(Buffer.from('{"type":"subscribe","filter":"all"}')); // a binary frame is ignored
  const errors = [];
  for (const message of MALFORMED) errors.push(await socket.sendInvalid(message));

  expect(errors).toHaveLength(7);
  expect(errors.filter((text) => !text.includes('give'))).toEqual([]);
  expect([socket.notifications, socket.closeEvent]).toEqual([[], null]);
});

systemTest('WS-04 the number of filters of a socket is limited', async (ctx) => {
  const socket = await openNotifierSocket(ctx, []);

  socket.send('{"type":"ping"}');
  for (let n = 0; n < 1_000; n++) socket.send(`{"type":"subscribe","filter":"entity:event:${n}"}`);

  expect(await socket.sendInvalid('{"type":"subscribe","filter":"all"}')).toContain('1000');
  expect([socket.notifications, socket.closeEvent]).toEqual([[], null]);
});

const EXECUTIONS = 1_000;

/** Once another notification arrives, terminates the notifier's connections; their number. */
const connectionToBeTerminated = (socket: NotifierSocket, terminate: () => Promise<object[]>): Condition<number> => {
  const before = socket.notifications.length;
  return {
    name: "the notifier's database connection to be terminated",
    check: async () => {
      if (socket.notifications.length === before) return { is: 'pending', why: 'no new notification' };
      const terminated = (await terminate()).length;
      return terminated > 0 ? { is: 'met', value: terminated } : { is: 'pending', why: 'no connection' };
    },
    evidence: () => Promise.resolve(''),
  };
};

systemTest('WS-05 a lost database connection loses and repeats no notification', 60, async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  await using owner = await openTargetDatabase(ctx.facts.databaseUrl);
  const terminate = () =>
    owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tuningfork-notifier'`,
    );

  const running = runNoops(ctx, EXECUTIONS);
  for (let n = 0; n < 3; n++) expect(await until(connectionToBeTerminated(socket, terminate), ctx.deadline)).toBe(1);
  const ids = await running;
  await waitForCompletions(ctx, socket, ids);

  const changes = statusChangesByExecution(socket, ids);
  expect([...changes].filter(([, history]) => !isContiguousHistory(history))).toEqual([]);
  expect(changes.size).toBe(EXECUTIONS);
});

systemTest('WS-05 a row above the NOTIFY size limit is delivered with its id', async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  await using owner = await openTargetDatabase(ctx.facts.databaseUrl);
  const payloads = await owner.listen('execution_created');

  const [row] = await owner.query<{ id: number }>(
    `insert into execution (action_ref, trigger_ref, status) values ('core.noop', $1, 'completed') returning id::int`,
    ['x'.repeat(9_000)],
  );
  const { id } = row!;

  const [created] = await until(notificationsToArrive(1, 'creation', socket, isAbout('execution', id)), ctx.deadline);
  expect(created?.payload).toEqual({ entity_type: 'execution', entity_id: id, id, status: 'completed' });
  expect(payloads.map((text) => (JSON.parse(text) as { id: number }).id)).toContain(id);
});
