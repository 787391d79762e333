import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import pino from 'pino';
import { until } from '../../../helpers/scenario/polling';
import { startPostgres } from '../../../platform/embedded/embedded';
import { nativeDirectory, findUsableBinaries } from '../../../platform/embedded/binaries';
import { cloneTree } from '../../../platform/embedded/clone-tree';
import { choosePostgresUser } from '../../../platform/embedded/postgres-user';
import { startWatchdog } from '../../../platform/embedded/watchdog';
import { remainingTraces, noTracesOf, withPrivateBase, pidsMentioning } from './holder-process';
import { livenessDeadline } from '../liveness';

const log = pino({ level: 'silent' });
const base = withPrivateBase();

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // the server stops while it is connected
  await client.connect();
  return client;
}

async function queryResult(url: string, sql: string): Promise<unknown> {
  const client = await connect(url);
  try {
    const { rows } = await client.query<{ result: unknown }>(sql);
    return rows[0]?.result;
  } finally {
    await client.end();
  }
}

test('a stop ends the connection of a client, and leaves nothing', async () => {
  const watchdog = await startWatchdog(base.path);
  const postgres = await startPostgres({ durable: false, log, watchdog });
  const lost = once(await connect(postgres.url), 'error');

  await postgres.stop();

  // SIGTERM would wait for the client; SIGQUIT, which follows after 3 s, sends no error.
  const [error] = (await lost) as [Error];
  expect(error).toMatchObject({ code: '57P01', severity: 'FATAL' });
  expect(remainingTraces(base.path)).toEqual([]);
});

test('the server uses UTF-8 and the C locale and requires its password', async () => {
  const postgres = await startPostgres({ durable: false, log, watchdog: await startWatchdog(base.path) });
  const sql =
    "select current_setting('server_encoding') || ' ' || datcollate as result from pg_database where datname = 'postgres'";

  await expect(queryResult(postgres.url, sql)).resolves.toBe('UTF8 C');
  const wrong = postgres.url.replace(/:[0-9a-f]+@/, ':wrong@');
  await expect(connect(wrong)).rejects.toMatchObject({ code: '28P01' });

  await postgres.stop();
});

test('the server listens on a socket in a private directory and on no port', async () => {
  const watchdog = await startWatchdog(base.path);
  const postgres = await startPostgres({ durable: false, log, watchdog });
  const directory = decodeURIComponent(new URL(postgres.url).hostname);
  const sql = "select concat_ws(' ', current_setting('listen_addresses'), inet_server_port()) as result";

  await expect(queryResult(postgres.url, sql)).resolves.toBe('');
  expect(dirname(directory)).toBe(watchdog.directory);
  expect(readdirSync(directory)).toContain('.s.PGSQL.5432');
  expect(statSync(directory).mode & 0o777).toBe(0o700);

  await postgres.stop();
});

test('a run directory whose path is too long for the socket is refused', async () => {
  const long = join(base.path, 'x'.repeat(60));
  mkdirSync(long);
  chmodSync(long, 0o777);
  const watchdog = await startWatchdog(long);

  await expect(startPostgres({ durable: false, log, watchdog })).rejects.toMatchObject({
    code: 'RUN_DIR_UNUSABLE',
    message: expect.stringMatching(/ has 1\d\d bytes, and may have 107; set TMPDIR to /),
  });
  await watchdog.stop();
});

test('two concurrent servers are independent', async () => {
  const start = async () => startPostgres({ durable: false, log, watchdog: await startWatchdog(base.path) });
  const [one, other] = await Promise.all([start(), start()]);

  await one.stop();

  await expect(queryResult(other.url, 'select 1 as result')).resolves.toBe(1);
  await other.stop();
  expect(remainingTraces(base.path)).toEqual([]);
});

test('durable data persists and has one server at a time', async () => {
  const directory = join(base.path, 'kept');
  const start = async () => startPostgres({ directory, durable: true, log, watchdog: await startWatchdog(base.path) });
  const first = await start();
  await queryResult(first.url, 'create table kept as select 41 as result');

  const secondWatchdog = await startWatchdog(base.path);
  const second = startPostgres({ directory, durable: true, log, watchdog: secondWatchdog });
  await expect(second).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
  await secondWatchdog.stop();
  await expect(queryResult(first.url, 'select result from kept')).resolves.toBe(41);
  await first.stop();

  const again = await start();
  await expect(queryResult(again.url, 'select result from kept')).resolves.toBe(41);
  await again.stop();
  expect(readdirSync(directory)).toEqual(['postgres']);
});

test('a killed watchdog is replaced, and its replacement cleans up', async () => {
  const watchdog = await startWatchdog(base.path);
  const postgres = await startPostgres({ durable: false, log, watchdog });

  const [pid] = pidsMentioning(`tuningfork-watchdog\0${watchdog.instance}`);
  process.kill(pid!, 'SIGKILL');
  await postgres.stop();

  await expect(until(noTracesOf(base.path), livenessDeadline())).resolves.toBe(true);
});

test('binaries without links in a private directory are usable', () => {
  const [hidden, scratch] = [join(base.path, 'hidden'), join(base.path, 'scratch')];
  mkdirSync(scratch);
  cloneTree(nativeDirectory(), join(hidden, 'native'));
  for (const link of ['libicuuc.so.60', 'libicudata.so.60', 'libpq.so.5']) rmSync(join(hidden, 'native/lib', link));
  chmodSync(hidden, 0o700);

  const { version, postgres } = findUsableBinaries(
    scratch,
    choosePostgresUser(join(base.path, 'none')),
    join(hidden, 'native'),
  );

  expect(version).toMatch(/^postgres \(PostgreSQL\) 18/);
  expect(existsSync(postgres)).toBe(true);
  expect(statSync(postgres).mode & 0o111).toBe(0o111);
});
