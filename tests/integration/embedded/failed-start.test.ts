import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { pino } from 'pino';
import { startPlatform } from '../../../platform/start/main';
import { settingsFrom, type Settings } from '../../../platform/base/settings/settings';
import type { TestPostgres } from '../database/migrated-postgres';
import { createEmptyDatabase } from '../database/test-servers';
import { privateBase } from './holder-process';

/** Longer than a start that has failed takes to report it. */
const OPENING_MS = 500;

const log = pino({ enabled: false });
const base = privateBase();
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await createEmptyDatabase();
});
afterAll(async () => {
  await postgres.stop();
  base.remove();
});

/** Of a platform without workers in the private directory. */
const settings = (): Settings => ({
  ...settingsFrom({}),
  directory: base.path,
  instance: 'failed',
  joins: false,
  roles: ['executor'],
  remoteApiUrl: null,
  workers: 0,
  slots: 0,
  host: '127.0.0.1',
  port: 0,
  notifierPort: 0,
  source: 'test',
});

test('a start that fails has released the database that was still being opened', async () => {
  const opening = pause(OPENING_MS).then(() => postgres.url);
  const files = { bundlePath: '', root: base.path, log };

  await expect(startPlatform(opening, settings(), files, { password: 'password', isExposed: false })).rejects.toThrow(
    'the pack has no pack.yaml',
  );

  const client = new Client(postgres.url);
  await client.connect();
  const { rows } = await client.query(
    `select application_name from pg_stat_activity where application_name like 'tuningfork failed %'`,
  );
  const { rows: tables } = await client.query(`select to_regclass('stack_stamp') is not null as "isMigrated"`);
  await client.end();
  expect([rows, tables]).toEqual([[], [{ isMigrated: true }]]);
});
