import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import pino from 'pino';
import { until } from '../../../helpers/polling';
import { startPostgres } from '../../../platform/embedded';
import { nativeDirectory, usableBinaries } from '../../../platform/embedded/binaries';
import { cloneTree } from '../../../platform/embedded/clone-tree';
import { plainUser } from '../../../platform/embedded/plain-user';
import { startWatchdog } from '../../../platform/watchdog';
import { leftovers, nothingLeft, privateBase, processesWith } from './holder';

const log = pino({ level: 'silent' });
const base = privateBase();
afterAll(() => base.remove());

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // the server goes away under it
  await client.connect();
  return client;
}

async function answer(url: string, sql: string): Promise<unknown> {
  const client = await connected(url);
  try {
    const { rows } = await client.query<{ answer: unknown }>(sql);
    return rows[0]?.answer;
  } finally {
    await client.end();
  }
}

test('a stop with a client connected is quick and leaves nothing', async () => {
  const watchdog = await startWatchdog(base.path);
  const postgres = await startPostgres({ durable: false, log, watchdog });
  await connected(postgres.url);

  const before = performance.now();
  await postgres.stop();

  expect(performance.now() - before).toBeLessThan(2_500); // a plain TERM waits for the client for ever
  expect(leftovers(base.path)).toEqual([]);
});

test('it speaks UTF-8 with the C locale and asks for its password', async () => {
  const postgres = await startPostgres({ durable: false, log, watchdog: await startWatchdog(base.path) });
  const sql =
    "select current_setting('server_encoding') || ' ' || datcollate as answer from pg_database where datname = 'postgres'";

  await expect(answer(postgres.url, sql)).resolves.toBe('UTF8 C');
  const wrong = postgres.url.replace(/:[0-9a-f]+@/, ':wrong@');
  await expect(connected(wrong)).rejects.toMatchObject({ code: '28P01' });

  await postgres.stop();
});

test('two at once do not meet', async () => {
  const start = async () => startPostgres({ durable: false, log, watchdog: await startWatchdog(base.path) });
  const [one, other] = await Promise.all([start(), start()]);

  await one.stop();

  await expect(answer(other.url, 'select 1 as answer')).resolves.toBe(1);
  await other.stop();
  expect(leftovers(base.path)).toEqual([]);
});

test('durable data is there again, and is served once at a time', async () => {
  const directory = join(base.path, 'kept');
  const start = async () => startPostgres({ directory, durable: true, log, watchdog: await startWatchdog(base.path) });
  const first = await start();
  await answer(first.url, 'create table kept as select 41 as answer');

  const intruding = await startWatchdog(base.path);
  const second = startPostgres({ directory, durable: true, log, watchdog: intruding });
  await expect(second).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
  await intruding.stop();
  await expect(answer(first.url, 'select answer from kept')).resolves.toBe(41);
  await first.stop();

  const again = await start();
  await expect(answer(again.url, 'select answer from kept')).resolves.toBe(41);
  await again.stop();
  expect(readdirSync(directory)).toEqual(['postgres']);
}, 20_000);

test('a watchdog that is killed is replaced, and the next one cleans up', async () => {
  const watchdog = await startWatchdog(base.path);
  const postgres = await startPostgres({ durable: false, log, watchdog });

  const [pid] = processesWith(`tuningfork-watchdog\0${watchdog.instance}`);
  process.kill(pid!, 'SIGKILL');
  await postgres.stop();

  await expect(until(nothingLeft(base.path), performance.now() + 5_000)).resolves.toBe(true);
});

test('binaries that have lost their links below a private folder still start', () => {
  const [hidden, scratch] = [join(base.path, 'hidden'), join(base.path, 'scratch')];
  mkdirSync(scratch);
  cloneTree(nativeDirectory(), join(hidden, 'native'));
  for (const link of ['libicuuc.so.60', 'libicudata.so.60', 'libpq.so.5']) rmSync(join(hidden, 'native/lib', link));
  chmodSync(hidden, 0o700);

  const { version, postgres } = usableBinaries(scratch, plainUser(join(base.path, 'none')), join(hidden, 'native'));

  expect(version).toMatch(/^postgres \(PostgreSQL\) 18/);
  expect(existsSync(postgres)).toBe(true);
  expect(statSync(postgres).mode & 0o111).toBe(0o111);
});
