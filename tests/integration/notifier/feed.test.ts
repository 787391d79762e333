import { pino } from 'pino';
import { Client } from 'pg';
import { until, type Condition } from '../../../helpers/polling';
import { openFeed, type Feed } from '../../../platform/notifier/feed';
import type { Told } from '../../../platform/notifier/protocol';
import { withDatabase } from '../with-database';

const database = withDatabase();
const heard: Told[] = [];
let feed: Feed;
const lines: Client[] = [];

const line = async (): Promise<Client> => {
  const client = new Client({ connectionString: database().url });
  client.on('error', () => undefined);
  await client.connect();
  lines.push(client);
  return client;
};

const open = (into: Told[]): Promise<Feed> =>
  openFeed({
    url: database().url,
    log: pino({ enabled: false }),
    heard: (told) => {
      into.push(...told);
      return Promise.resolve();
    },
    lost: () => undefined,
  });

beforeAll(async () => {
  feed = await open(heard);
});
afterAll(async () => {
  await feed.close();
  for (const client of lines) await client.end();
});

/** The story of one row so far. */
const story = (id: number, of: readonly Told[] = heard): string[] =>
  of
    .filter(({ entityType, entity }) => entityType === 'execution' && entity === id)
    .map(({ type, payload }) => `${type} ${(JSON.parse(payload) as { status: string }).status}`);

const toHear = (n: number, id: number, of: readonly Told[] = heard): Condition<string[]> => ({
  name: `${n} changes of ${id}`,
  look: () => {
    const got = story(id, of);
    return Promise.resolve(got.length >= n ? { is: 'met', value: got } : { is: 'pending', why: got.join() });
  },
  evidence: () => Promise.resolve(''),
});

const soon = () => performance.now() + 10_000;

const insert = async (client: Client): Promise<number> => {
  const { rows } = await client.query<{ id: number }>(
    `insert into execution (action_ref) values ('core.noop') returning id::int`,
  );
  return rows[0]!.id;
};
const set = (client: Client, id: number, status: string) =>
  client.query('update execution set status = $2 where id = $1', [id, status]);

test('plain SQL is told, each change of the status once, others not at all', async () => {
  const client = await line();
  const id = await insert(client);
  await set(client, id, 'running');
  await client.query('update execution set attempt = 7 where id = $1', [id]);
  await set(client, id, 'running');
  await set(client, id, 'completed');
  await feed.catchUp();

  expect(story(id)).toEqual([
    'execution_created requested',
    'execution_status_changed running',
    'execution_status_changed completed',
  ]);
});

test('what is rolled back is not told', async () => {
  const client = await line();
  await client.query('begin');
  const id = await insert(client);
  await client.query('rollback');
  const later = await insert(client);
  await until(toHear(1, later), soon());

  expect(story(id)).toEqual([]);
});

test('a transaction that commits late is told when it does, and holds up nobody', async () => {
  const [slow, quick] = [await line(), await line()];
  await slow.query('begin');
  const early = await insert(slow);
  const late = await insert(quick);
  await until(toHear(1, late), soon());
  expect(story(early)).toEqual([]);

  await slow.query('commit');
  expect(await until(toHear(1, early), soon())).toEqual(['execution_created requested']);
  await feed.catchUp();
  expect([story(early), story(late)].map((changes) => changes.length)).toEqual([1, 1]);
});

test('of two that change one row the later comes later, also when it began first', async () => {
  const [first, second] = [await line(), await line()];
  const id = await insert(first);
  await second.query('begin');
  await second.query('select pg_current_xact_id()'); // its number is the lower one
  await first.query('begin');
  await set(first, id, 'running');
  const waiting = set(second, id, 'completed'); // waits for the row
  await first.query('commit');
  await waiting;
  await second.query('commit');

  expect(await until(toHear(3, id), soon())).toEqual([
    'execution_created requested',
    'execution_status_changed running',
    'execution_status_changed completed',
  ]);
});

test('a ring that is lost costs no more than the fallback look', async () => {
  const client = await line();
  await until(toHear(1, await insert(client)), soon());
  await until(toSleep(client), soon());
  await client.query('alter table execution disable trigger tell_execution_created');
  const id = await insert(client);
  await client.query(
    `insert into notification_log (tenant, type, entity_type, entity, payload)
     values (1, 'execution_created', 'execution', $1, '{"status":"requested"}')`,
    [id],
  );
  await client.query('alter table execution enable trigger tell_execution_created');

  expect(await until(toHear(1, id), soon())).toEqual(['execution_created requested']);
});

/** The feed sleeps: it holds the lock that writers ring by. */
const toSleep = (client: Client): Condition<null> => ({
  name: 'the feed to sleep',
  look: async () => {
    const { rows } = await client.query(
      `select from pg_locks where locktype = 'advisory' and objid = 7041985 and granted`,
    );
    return rows.length > 0 ? { is: 'met', value: null } : { is: 'pending', why: 'awake' };
  },
  evidence: () => Promise.resolve(''),
});

test('a lost line is made anew, and nothing is lost or doubled with it', async () => {
  const client = await line();
  const ids: number[] = [];
  for (let n = 0; n < 5; n++) {
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tuningfork-notifier'`,
    );
    ids.push(await insert(client));
  }
  for (const id of ids) await until(toHear(1, id), soon());
  await feed.catchUp();

  expect(ids.map((id) => story(id).length)).toEqual([1, 1, 1, 1, 1]);
});

test('two notifiers hear the same, and the channel of a type tells it once', async () => {
  const other: Told[] = [];
  const second = await open(other);
  try {
    const client = await line();
    const told: number[] = [];
    client.on('notification', ({ payload }) => told.push((JSON.parse(payload ?? '{}') as { id: number }).id));
    await client.query('listen execution_created');
    const id = await insert(client);
    await until(toHear(1, id), soon());
    await until(toHear(1, id, other), soon());
    const fence = await insert(client);
    await until(
      {
        name: 'the channel',
        look: async () => {
          await client.query('select 1');
          return told.includes(fence) ? { is: 'met', value: null } : { is: 'pending', why: 'quiet' };
        },
        evidence: () => Promise.resolve(told.join()),
      },
      soon(),
    );
    expect(told.filter((one) => one === id)).toEqual([id]);
  } finally {
    await second.close();
  }
});

test('the application’s role cannot read or write what is told', async () => {
  const client = await line();
  await client.query('set role tuningfork_app');

  await expect(client.query('select * from notification_log')).rejects.toMatchObject({ code: '42501' });
  await expect(client.query(`select tell(1, 'x', 'x', 1, null, '')`)).rejects.toMatchObject({ code: '42501' });
});

test('no payload holds what an action was given or what it answered', async () => {
  const client = await line();
  const secret = 'a-secret-that-must-not-travel';
  const { rows } = await client.query<{ id: number }>(
    `insert into execution (action_ref, config, result, env_vars, stdout_tail)
     values ('core.noop', $1, $1, $1, $2) returning id::int`,
    [JSON.stringify({ secret }), secret],
  );
  await set(client, rows[0]!.id, 'completed');
  await until(toHear(2, rows[0]!.id), soon());

  expect(heard.filter(({ payload }) => payload.includes(secret))).toEqual([]);
});
