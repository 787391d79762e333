import type { Pool } from 'pg';
import { openPool } from '../../../platform/store/database/connection';
import { requireRealClocks } from '../../../platform/store/clock/require-real-clocks';
import { migrate } from '../../../platform/store/database/migrate';
import { startMigratedPostgres } from '../database/migrated-postgres';
import { withDatabase } from '../database/with-database';
import { queryOnce } from '../database/query-once';

const database = withDatabase(startMigratedPostgres);
let owner: Pool;
beforeAll(() => {
  owner = openPool(database().url, 1);
});
afterAll(() => owner.end());

/** A new database on the same server, with what these statements create. */
async function databaseWith(name: string, statements: string): Promise<string> {
  await owner.query(`create database ${name}`);
  const url = Object.assign(new URL(database().url), { pathname: `/${name}` }).href;
  await queryOnce(url, statements);
  return url;
}

const relationsOf = (url: string) =>
  queryOnce(url, `select relname from pg_class where oid >= 16384 and relkind in ('r', 'v') order by 1`);

const LEDGER = `create table migration (name text primary key, applied timestamptz not null default now(),
  checksum text, build text, migration_set text not null default 'hub');`;
/** The ledger of a build without a baseline. */
const EARLIER_LEDGER = `${LEDGER.replace('hub', 'platform')} insert into migration (name, checksum, build)
  values ('0001-foundation.sql', 'a', 'b1'), ('0141-late-leases.sql', 'b', 'b2');`;

test.each([
  ['a table', 'orders', 'create table orders (id int)', 'DB_NOT_OURS: database orders has tables .*: public.orders;'],
  ['a view of a schema', 'shop', 'create schema s; create view s.v as select 1', 'DB_NOT_OURS: .*: s.v; '],
  [
    'another ledger',
    'flyway',
    'create table migration (name text, applied boolean)',
    'DB_NOT_OURS: .*: public.migration; ',
  ],
  [
    'many tables',
    'many',
    'create table a (); create table b (); create table c (); create table d ()',
    'public.a, public.b, public.c and 1 more; ',
  ],
  [
    'the ledger of another set',
    'hub',
    `${LEDGER} insert into migration (name) values ('0001-hub.sql')`,
    'MIGRATION_SET_CONFLICT: .* set hub \\(0001-hub.sql\\), .* set platform; ',
  ],
  [
    'the tables of an earlier build',
    'earlier',
    `${EARLIER_LEDGER} create table identity (id int)`,
    '^MIGRATION_MISSING: the tables of this database are those of an earlier build \\(its last migration is 0141-late-leases.sql, ' +
      'applied by build b2\\), which this build cannot change; start that build, or begin with an empty database or another --data directory$',
  ],
  [
    'the first ledger that there was',
    'first',
    `create table migration (name text primary key, applied timestamptz not null default now());
      insert into migration (name) values ('0001-foundation.sql'); create table identity (id int)`,
    '^MIGRATION_MISSING: .*\\(its last migration is 0001-foundation.sql, applied by build unknown\\)',
  ],
])('a database with %s is refused and unchanged', async (_, name, statements, message) => {
  const url = await databaseWith(name, statements);
  const before = await relationsOf(url);

  await expect(migrate(url)).rejects.toThrow(new RegExp(message));

  expect(await relationsOf(url)).toEqual(before);
});

test('tables beside those of a platform are accepted', async () => {
  await owner.query('create table report (id int)');

  await expect(migrate(database().url)).resolves.toBeUndefined();
});

test('tables of an extension are no tables of another owner', async () => {
  const url = await databaseWith('extended', 'create extension pg_buffercache');

  await expect(migrate(url)).resolves.toBeUndefined();
});

test('an empty ledger of the platform is filled', async () => {
  const url = await databaseWith('empty', LEDGER.replace('hub', 'platform'));

  await expect(migrate(url, 'b1')).resolves.toBeUndefined();

  expect(await queryOnce(url, 'select distinct migration_set, build from migration')).toEqual([
    { migration_set: 'platform', build: 'b1' },
  ]);
});

test('a tenant with a clock of its own needs a platform with virtual time', async () => {
  await requireRealClocks(owner);
  await owner.query(`insert into tenant (slug, name) values ('late', 'Late'), ('ahead', 'Ahead')`);
  await owner.query(
    `insert into tenant_clock (tenant, pinned_at) select id, now() from tenant where slug in ('late', 'ahead')`,
  );

  const refused = requireRealClocks(owner);
  await expect(refused).rejects.toMatchObject({ code: 'CLOCK_OF_TENANT', isUsage: false });
  await expect(refused).rejects.toThrow(
    'CLOCK_OF_TENANT: these tenants have a clock of their own: ahead, late; start with PLATFORM_VIRTUAL_TIME=on',
  );
});
