import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { openDatabase, openPool } from '../../../../platform/store/database/connection';
import { migrateSet, readPlatformSet } from '../../../../platform/store/database/migrate';
import { SCHEMA_HELPERS } from '../../../../platform/store/database/apply-sql-files';
import { readSqlFiles } from '../../../../platform/store/database/sql-files';
import { openVault } from '../../../../platform/store/secrets/vault';
import { startMigratedPostgres } from '../../database/migrated-postgres';
import { withDatabase } from '../../database/with-database';

const server = withDatabase(startMigratedPostgres);
let url: string;
let owner: Pool;
let landed: readonly LandedTable[];
beforeEach(async () => {
  const anyDatabase = openPool(server().url, 1);
  await anyDatabase.query('drop database if exists landed with (force)');
  await anyDatabase.query('create database landed');
  await anyDatabase.end();
  url = Object.assign(new URL(server().url), { pathname: '/landed' }).href;
  owner = openPool(url, 1);
  await makeLanded();
  landed = await listTables();
});
afterEach(() => owner.end());

/** The database as the landed baseline made it, before any later migration, with rows. */
async function makeLanded(): Promise<void> {
  const set = await readPlatformSet();
  const functions = set.functions.filter(({ name }) => SCHEMA_HELPERS.includes(name));
  await migrateSet(url, { ...set, migrations: [], functions }, 'b1');
  await owner.query(await readFile(join(__dirname, 'landed-rows.sql'), 'utf8'));
}

/** The platform of a later build, with one more migration. */
async function laterSet(change: (text: string) => string = (text) => text) {
  const [set, files] = [await readPlatformSet(), await readSqlFiles(__dirname)];
  const later = files.filter(({ name }) => name === '9999-later.sql');
  return { ...set, migrations: [...set.migrations, ...later.map((file) => ({ ...file, text: change(file.text) }))] };
}

interface LandedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The tables but the ledger, before a migration has added any, or a column. */
async function listTables(): Promise<LandedTable[]> {
  const { rows } = await owner.query<LandedTable>(
    `select table_name::text as name, array_agg(column_name::text) as columns from information_schema.columns
      where table_schema = 'public' and table_name not in ('migration', 'migration_function') group by 1 order by 1`,
  );
  return rows;
}

/** Tables that a migration has renamed. */
const RENAMED: Readonly<Record<string, string>> = { timer_event: 'pending_rule' };

/** All rows of the landed tables, as text, in the columns that those had. */
async function allRows(isUpgraded = false): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {};
  for (const { name, columns } of landed) {
    const table = (isUpgraded && RENAMED[name]) || name;
    const { rows: found } = await owner.query<{ row: string }>(
      `select (select jsonb_object_agg(key, value) from jsonb_each(to_jsonb(t)) where key = any($1))::text as row
        from "${table}" t order by 1`,
      [columns],
    );
    rows[name] = found.map(({ row }) => row);
  }
  return rows;
}

const ledger = async () =>
  (await owner.query<{ name: string; build: string }>('select name, build from migration order by applied, name')).rows;

test('a later migration upgrades a database of the baseline and keeps its rows', async () => {
  const before = await allRows();

  await migrateSet(url, await laterSet(), 'b2');

  expect(await allRows(true)).toEqual(before);
  expect(before.execution).toHaveLength(4);
  expect((await owner.query('select summary from execution order by id')).rows).toEqual([
    { summary: 'demo.flow running' },
    { summary: 'demo.act completed' },
    { summary: 'demo.act running' },
    { summary: 'demo.act requested' },
  ]);
  expect((await ledger())[0]).toEqual({ name: 'baseline', build: 'b1' });
  expect((await ledger()).at(-1)).toEqual({ name: '9999-later.sql', build: 'b2' });
});

test('an upgraded database has triggers, and isolates tenants in new tables', async () => {
  await migrateSet(url, await laterSet(), 'b2');

  await expect(owner.query(`update execution set status = 'running' where id = 2`)).rejects.toThrow(/from completed/);
  await owner.query(`update execution set status = 'failed' where id = 3`);
  expect((await owner.query('select from execution_history where entity_id = 3')).rowCount).toBe(1);
  const db = openDatabase(url, 1, openVault('a secret of the tests'));
  const seen = await db.inTenant(2, async (transaction) => {
    await sql`set local role tuningfork_app`.execute(transaction);
    return (await sql`select note from execution_note`.execute(transaction)).rows;
  });
  await db.close();
  expect(seen).toEqual([{ note: 'attempt 0' }]);
});

test('the pick-up limit counts from an assignment before the upgrade', async () => {
  await owner.query(`update execution set status = 'scheduled', worker = 1 where id = 4`);

  await migrateSet(url, await laterSet(), 'b2');

  const { rows } = await owner.query('select id from execution where assigned_at = updated');
  expect(rows).toEqual([{ id: 4 }]);
});

test('a later migration is applied once', async () => {
  await migrateSet(url, await laterSet(), 'b2');
  const before = await ledger();

  await migrateSet(url, await laterSet(), 'b3');

  expect(await ledger()).toEqual(before);
});

test('a later migration that fails leaves the database as it was', async () => {
  const before = { rows: await allRows(), ledger: await ledger() };

  const failing = migrateSet(url, await laterSet((text) => `${text}select no_such_function();`), 'b2');

  await expect(failing).rejects.toThrow(
    /^MIGRATION_FAILED: migration 9999-later.sql failed: function no_such_function\(\) does not exist \(42883\); the database is unchanged; correct .* start again, or start the build that ran before$/,
  );
  expect({ rows: await allRows(), ledger: await ledger() }).toEqual(before);
});
