import { join } from 'node:path';
import { logIn } from '../../../helpers/client/client';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { openPool } from '../../../platform/store/database/connection';
import { DEFAULT_USER } from '../../../platform/store/identities/first-administrator';
import { openVault } from '../../../platform/store/secrets/vault';
import type { TestPostgres } from '../database/migrated-postgres';
import { createTestDatabase } from '../database/test-servers';
import { outputOf, spawnCli, stopCli, waitForExit, waitForReady, type CliProcess } from '../embedded/cli-process';
import { privateBase } from '../embedded/holder-process';
import { livenessDeadline } from '../liveness';

jest.setTimeout(240_000);

const base = privateBase();
const started: CliProcess[] = [];
const databases: TestPostgres[] = [];
afterEach(async () => {
  for (const cli of started.splice(0)) await stopCli(cli);
  for (const database of databases.splice(0)) await database.stop();
});
afterAll(() => base.remove());

function rotate(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return outputOf(spawnCli(['rotate-encryption-key', ...args], env));
}

/** Runs a platform with the known password while `work` uses its keys. */
async function whileUp<T>(
  place: readonly string[],
  env: NodeJS.ProcessEnv,
  work: (keys: Awaited<ReturnType<typeof logIn>>['client']['keys']) => Promise<T>,
): Promise<T> {
  const cli = spawnCli(['up', '--port', '0', '--workers', '0', '--json', '--compat', 'attune', ...place], env);
  started.push(cli);
  const { url, login } = await waitForReady(cli);
  const { client } = await logIn({ baseUrl: url }, login, DEFAULT_USER.password);
  const result = await work(client.keys);
  await stopCli(cli);
  return result;
}

const KEY = { ref: 'token', name: 'token', owner_type: 'system', value: 'a secret value', encrypted: true } as const;

async function emptyDatabase(): Promise<string> {
  const database = await createTestDatabase();
  databases.push(database);
  return database.url;
}

/** A database on which a platform has started. */
async function usedDatabase(): Promise<string> {
  const url = await emptyDatabase();
  await query(url, `insert into stack_stamp (stack_id, opened_by) values ('s1', 'a1')`);
  return url;
}

async function query<T extends object>(url: string, statement: string, values: unknown[] = []): Promise<T[]> {
  const pool = openPool(url, 1);
  try {
    return (await pool.query<T>(statement, values)).rows;
  } finally {
    await pool.end();
  }
}

test('DS-01 the generated key of a data directory is replaced, no value lost', async () => {
  const place = ['--data', join(base.path, 'generated')];
  await whileUp(place, {}, (keys) => keys.create(KEY));

  const { code, stdout, stderr } = await rotate(place);

  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout:
      '1 values are sealed under the encryption key, 1 of them by this run.\n' +
      'The former key of the database is removed.\n',
    stderr: 'key.value: 1 read, 1 sealed again\nkey.value: 1 read, 0 sealed again\n',
  });
  expect(await whileUp(place, {}, (keys) => keys.get(KEY.ref))).toMatchObject({ value: KEY.value, version: 1 });
});

test('DS-01 a given key replaces a former one, while no platform runs', async () => {
  const url = await emptyDatabase();
  const place = ['--database-url', url];
  const rotated = { PLATFORM_ENCRYPTION_KEY: 'new', PLATFORM_FORMER_ENCRYPTION_KEY: 'old' };
  const refused = await whileUp(place, { PLATFORM_ENCRYPTION_KEY: 'old' }, async (keys) => {
    await keys.create(KEY);
    return rotate(place, rotated);
  });
  expect(refused).toEqual({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/^tuningfork: DB_OWNED_BY_OTHER_STACK: .* is running; stop it first\n$/) as string,
  });

  const { code, stdout, stderr } = await rotate([...place, '--json'], rotated);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ values: 1, sealed_again: 1, unreadable: [], removed_keys: 0 });
  const read = await whileUp(place, { PLATFORM_ENCRYPTION_KEY: 'new' }, (keys) => keys.get(KEY.ref));
  expect(read).toMatchObject({ value: KEY.value });
});

test.each([
  [
    'no database',
    [],
    'DATABASE_MISSING: name the database of the platform with --data, --database-url or DATABASE_URL',
  ],
  ['a directory without data', ['--data', base.path], `DATA_MISSING: ${base.path} has no data of a platform`],
])('%s is a usage error', async (_, args, line) => {
  expect(await rotate(args)).toEqual({ code: 2, stdout: '', stderr: `tuningfork: ${line}\n` });
});

test('a database of no platform is a usage error, and is not changed', async () => {
  const url = await emptyDatabase();
  const name = new URL(url).pathname.slice(1);

  expect(await rotate(['--database-url', url])).toEqual({
    code: 2,
    stdout: '',
    stderr:
      `tuningfork: DB_WITHOUT_PLATFORM: no platform has started on database ${name}; name the database of a platform, ` +
      'or its --data directory\n',
  });
  expect(await query(url, 'select name from setting')).toEqual([]);
});

test('values that no key opens are named, and the exit code is 1', async () => {
  const url = await usedDatabase();
  const [{ id }] = (await query<{ id: number }>(
    url,
    `insert into key (ref, owner_type, name, encrypted, value) values ('k', 'system', 'k', true, '"bG9zdA=="') returning id`,
  )) as [{ id: number }];

  const { code, stdout, stderr } = await rotate(['--database-url', url, '--json']);

  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    values: 1,
    sealed_again: 0,
    unreadable: [{ table: 'key', column: 'value', tenant: 1, row: id, version: 1 }],
    removed_keys: 0,
  });
  expect(stderr).toMatch(new RegExp(`^tuningfork: VALUES_UNREADABLE: none of the keys opens key.value of row ${id} `));
});

const MANY = 300;
const IN_FIRST_BATCH = 200;

/** Keys with a value that was sealed under the key `old`. */
async function storeManyKeys(url: string): Promise<void> {
  const vault = openVault('old');
  const ids = Array.from({ length: MANY }, (_, n) => n + 1);
  const values = ids.map((id) =>
    vault.seal(`value ${id}`, { tenant: 1, table: 'key', row: id, column: 'value', version: 1 }),
  );
  await query(
    url,
    `insert into key (id, ref, owner_type, name, encrypted, value)
      select id, 'k' || id, 'system', 'k' || id, true, to_json(sealed) from unnest($1::bigint[], $2::text[]) as k(id, sealed)`,
    [ids, values],
  );
}

/** How many of the values a vault under these keys opens. */
async function opened(url: string, [key, ...former]: readonly [string, ...string[]]): Promise<number> {
  const vault = openVault(key, former);
  const rows = await query<{ id: number; sealed: string }>(url, `select id, value #>> '{}' as sealed from key`);
  const values = rows.map(({ id, sealed }) => {
    try {
      return vault.unseal(sealed, { tenant: 1, table: 'key', row: id, column: 'value', version: 1 }) === `value ${id}`;
    } catch {
      return false;
    }
  });
  return values.filter(Boolean).length;
}

test('DS-01 after a SIGKILL all values are readable, and a new run goes on', async () => {
  const url = await usedDatabase();
  await storeManyKeys(url);
  const env = { PLATFORM_ENCRYPTION_KEY: 'new', PLATFORM_FORMER_ENCRYPTION_KEY: 'old' };
  const pool = openPool(url, 2);
  const holder = await pool.connect();
  try {
    await holder.query('begin');
    await holder.query('select from key where id = $1 for update', [MANY]); // the second batch waits for it
    const cli = spawnCli(['rotate-encryption-key', '--database-url', url], env);
    started.push(cli);
    const isWaiting = async (): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `select from pg_stat_activity where application_name like 'tuningfork rotation%' and wait_event_type = 'Lock'`,
      );
      return rowCount === 1;
    };
    await until(predicateToHold('the second batch to wait', isWaiting), livenessDeadline());
    const exit = waitForExit(cli);
    cli.kill('SIGKILL');
    await exit;
    expect(await opened(url, ['new'])).toBe(IN_FIRST_BATCH);
    expect(await opened(url, ['old'])).toBe(MANY - IN_FIRST_BATCH);
    expect(await opened(url, ['new', 'old'])).toBe(MANY);
    await holder.query('rollback');
  } finally {
    holder.release(true);
    await pool.end();
  }

  expect(await rotate(['--database-url', url], env)).toMatchObject({ code: 0 });

  expect(await opened(url, ['new'])).toBe(MANY);
});
