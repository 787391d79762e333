import { pino } from 'pino';
import { Client } from 'pg';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { SHOWN_AS_RUNNING, type Status } from '../../../contract/status';
import { openNotificationFeed, type NotificationFeed } from '../../../platform/notifier/notification-feed';
import type { NotificationRecord } from '../../../platform/notifier/protocol';
import { withDatabase } from '../database/with-database';
import { livenessDeadline } from '../liveness';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';

const database = withDatabase();
const received: NotificationRecord[] = [];
let feed: NotificationFeed;
const connections: Client[] = [];

const connect = async (): Promise<Client> => {
  const client = new Client({ connectionString: database().url });
  client.on('error', () => undefined);
  await client.connect();
  connections.push(client);
  return client;
};

const openFeedInto = (
  target: NotificationRecord[],
  shownAsRunning: readonly Status[] = [],
): Promise<NotificationFeed> =>
  openNotificationFeed({
    url: database().url,
    log: pino({ enabled: false }),
    shownAsRunning,
    onNotifications: (notifications) => {
      target.push(...notifications);
      return Promise.resolve();
    },
    onGap: () => undefined,
  });

beforeAll(async () => {
  feed = await openFeedInto(received);
});
afterAll(async () => {
  await feed.close();
  for (const client of connections) await client.end();
});

/** The notifications of one row so far. */
const changes = (id: number, source: readonly NotificationRecord[] = received): string[] =>
  source
    .filter(({ entityType, entity }) => entityType === 'execution' && entity === id)
    .map(({ type, payload }) => `${type} ${(JSON.parse(payload) as { status: string }).status}`);

const toReceive = (n: number, id: number, source: readonly NotificationRecord[] = received): Condition<string[]> => ({
  name: `${n} changes of ${id}`,
  check: () => {
    const observed = changes(id, source);
    return Promise.resolve(
      observed.length >= n ? { is: 'met', value: observed } : { is: 'pending', why: observed.join() },
    );
  },
  evidence: () => Promise.resolve(''),
});

const insert = async (client: Client): Promise<number> => {
  const { rows } = await client.query<{ id: number }>(
    `insert into execution (action_ref) values ('core.noop') returning id::int`,
  );
  return rows[0]!.id;
};
const setStatus = (client: Client, id: number, status: string) =>
  client.query('update execution set status = $2 where id = $1', [id, status]);

test('each status change made by plain SQL is notified once, and no other', async () => {
  const client = await connect();
  const id = await insert(client);
  await setStatus(client, id, 'running');
  await client.query('update execution set attempt = 7 where id = $1', [id]);
  await setStatus(client, id, 'running');
  await setStatus(client, id, 'completed');
  await feed.catchUp();

  expect(changes(id)).toEqual([
    'execution_created requested',
    'execution_status_changed running',
    'execution_status_changed completed',
  ]);
});

test('a feed of the strict statuses has no change of a pause', async () => {
  const strict: NotificationRecord[] = [];
  await using strictFeed = await openFeedInto(strict, SHOWN_AS_RUNNING).then((opened) =>
    Object.assign(opened, { [Symbol.asyncDispose]: () => opened.close() }),
  );
  const client = await connect();
  const id = await insert(client);
  for (const status of ['running', 'paused', 'canceling', 'cancelled']) await setStatus(client, id, status);
  await Promise.all([feed.catchUp(), strictFeed.catchUp()]);

  const statusesOf = (source: readonly NotificationRecord[]) =>
    source
      .filter(({ entityType, entity }) => entityType === 'execution' && entity === id)
      .map(({ payload }) => JSON.parse(payload) as { old_status?: string; status: string })
      .map(({ old_status: before = null, status }) => [before, status]);
  expect(statusesOf(strict)).toEqual([
    [null, 'requested'],
    ['requested', 'running'],
    ['running', 'canceling'],
    ['canceling', 'cancelled'],
  ]);
  expect(statusesOf(received).slice(2, 4)).toEqual([
    ['running', 'paused'],
    ['paused', 'canceling'],
  ]);
});

test('a rolled-back change is not notified', async () => {
  const client = await connect();
  await client.query('begin');
  const id = await insert(client);
  await client.query('rollback');
  const later = await insert(client);
  await until(toReceive(1, later), livenessDeadline());

  expect(changes(id)).toEqual([]);
});

test('a late commit is notified at its commit and delays no other', async () => {
  const [slow, quick] = [await connect(), await connect()];
  await slow.query('begin');
  const early = await insert(slow);
  const late = await insert(quick);
  await until(toReceive(1, late), livenessDeadline());
  expect(changes(early)).toEqual([]);

  await slow.query('commit');
  expect(await until(toReceive(1, early), livenessDeadline())).toEqual(['execution_created requested']);
  await feed.catchUp();
  expect([changes(early), changes(late)].map((changes) => changes.length)).toEqual([1, 1]);
});

test('two changes of one row are notified in the order of their commits', async () => {
  const [first, second] = [await connect(), await connect()];
  const id = await insert(first);
  await second.query('begin');
  await second.query('select pg_current_xact_id()'); // takes the lower transaction number
  await first.query('begin');
  await setStatus(first, id, 'running');
  const waiting = setStatus(second, id, 'completed'); // waits for the row
  await first.query('commit');
  await waiting;
  await second.query('commit');

  expect(await until(toReceive(3, id), livenessDeadline())).toEqual([
    'execution_created requested',
    'execution_status_changed running',
    'execution_status_changed completed',
  ]);
});

test('DU-07 a lost wake-up delays a notification by one idle poll at most', async () => {
  const client = await connect();
  await until(toReceive(1, await insert(client)), livenessDeadline());
  await until(toBeIdle(client), livenessDeadline());
  await client.query('alter table execution disable trigger notify_execution_created');
  const id = await insert(client);
  await client.query(
    `insert into notification_log (tenant, type, entity_type, entity, payload)
     values (1, 'execution_created', 'execution', $1, '{"status":"requested"}')`,
    [id],
  );
  await client.query('alter table execution enable trigger notify_execution_created');

  expect(await until(toReceive(1, id), livenessDeadline())).toEqual(['execution_created requested']);
});

/** An idle feed holds the lock that makes writers notify it. */
const toBeIdle = (client: Client) =>
  predicateToHold('the feed to be idle', async () => {
    const { rows } = await client.query(
      `select from pg_locks where locktype = 'advisory' and objid = 7041985 and granted`,
    );
    return rows.length > 0;
  });

test('DU-07 after lost connections each notification is received once', async () => {
  const client = await connect();
  const ids: number[] = [];
  for (let n = 0; n < 5; n++) {
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tuningfork-notifier'`,
    );
    ids.push(await insert(client));
  }
  for (const id of ids) await until(toReceive(1, id), livenessDeadline());
  await feed.catchUp();

  expect(ids.map((id) => changes(id).length)).toEqual([1, 1, 1, 1, 1]);
});

test('two notifiers receive each row, and the channel of its type once', async () => {
  const other: NotificationRecord[] = [];
  const second = await openFeedInto(other);
  try {
    const client = await connect();
    const notifications: number[] = [];
    client.on('notification', ({ payload }) => notifications.push((JSON.parse(payload ?? '{}') as { id: number }).id));
    await client.query('listen execution_created');
    const id = await insert(client);
    await until(toReceive(1, id), livenessDeadline());
    await until(toReceive(1, id, other), livenessDeadline());
    const fence = await insert(client);
    await until(
      predicateToHold(
        'the channel',
        async () => {
          await client.query('select 1');
          return notifications.includes(fence);
        },
        () => notifications.join(),
      ),
      livenessDeadline(),
    );
    expect(notifications.filter((one) => one === id)).toEqual([id]);
  } finally {
    await second.close();
  }
});

test('the application role can neither read nor write notifications', async () => {
  const client = await connect();
  await client.query('set role tuningfork_app');

  await expect(client.query('select * from notification_log')).rejects.toMatchObject({ code: '42501' });
  await expect(client.query(`select append_notification(1, 'x', 'x', 1, null, '')`)).rejects.toMatchObject({
    code: '42501',
  });
});

test('no payload contains parameters, results or output', async () => {
  const client = await connect();
  const secret = 'a-secret-that-must-not-travel';
  const { rows } = await client.query<{ id: number }>(
    `insert into execution (action_ref, status, config, result, env_vars, stdout_tail)
     values ('core.noop', 'running', $1, $1, $1, $2) returning id::int`,
    [JSON.stringify({ secret }), secret],
  );
  await setStatus(client, rows[0]!.id, 'completed');
  await until(toReceive(2, rows[0]!.id), livenessDeadline());

  expect(received.filter(({ payload }) => payload.includes(secret))).toEqual([]);
});
