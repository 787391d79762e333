import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../../helpers/repository-root';
import { APP_ROLE } from '../../../platform/store/database/connection';
import { migrate } from '../../../platform/store/database/migrate';
import { readFunctions } from '../../../platform/store/database/sql-files';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const database = withDatabase();
const owner = withOwner(database);

async function column(text: string, ...values: unknown[]): Promise<string[]> {
  const rows = await owner.query<{ value: string }>(`select value::text from (${text}) as q (value)`, values);
  return rows.map(({ value }) => value);
}

const bodyOf = async (name: string): Promise<string | undefined> =>
  (await column('select prosrc from pg_proc where proname = $1', name))[0];

test('every function has a file and every file has its function', async () => {
  const files = (await readFunctions()).map(({ name }) => name.replace('.sql', ''));

  const functions = await column(
    `select proname from pg_proc p where pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by proname collate "C"`,
  );

  expect(functions).toEqual(files);
});

test('every trigger is created by the file of its function', async () => {
  const files = new Map((await readFunctions()).map(({ name, text }) => [name.replace('.sql', ''), text]));
  const rows = await owner.query<{ trigger: string; relation: string; function: string }>(
    `select tgname as trigger, tgrelid::regclass::text as relation, p.proname as function
    from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where not tgisinternal and p.pronamespace = 'public'::regnamespace`,
  );

  expect(rows.length).toBeGreaterThan(20);
  for (const { trigger, relation, function: name } of rows) {
    expect(files.get(name)).toMatch(new RegExp(`create or replace trigger ${trigger}\\s[^;]*\\son "?${relation}"?\\s`));
  }
});

test('docs/architecture.md has every trigger of the database', async () => {
  const page = await readFile(join(repositoryRoot(), 'docs/architecture.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| \[`(\w+)`\]\(\S+\/(\w+)\.sql\) \| (before|after) ([^|]+) \|/gm)];
  const listed = rows.map(([, table, name, file, timing, events]) => {
    const kinds = events!.split(/, (?:if|on) /)[0]!.match(/insert|update|delete|truncate/g)!;
    return `${table!} ${name!} ${file!} ${timing!} ${[...kinds].sort().join(' ')}`;
  });

  const triggers = await column(`select concat_ws(' ', t.tgrelid::regclass::text, tgname, p.proname,
      case when tgtype & 2 > 0 then 'before' else 'after' end,
      case when tgtype & 8 > 0 then 'delete' end, case when tgtype & 4 > 0 then 'insert' end,
      case when tgtype & 32 > 0 then 'truncate' end, case when tgtype & 16 > 0 then 'update' end)
    from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where not tgisinternal and p.pronamespace = 'public'::regnamespace`);

  expect(listed.length).toBeGreaterThan(20);
  expect(listed.sort()).toEqual(triggers.sort());
});

test('the body of every function is valid on the current schema', async () => {
  const client = await owner.connect();
  await client.query('set check_function_bodies = on');
  for (const { text } of await readFunctions()) await client.query(text);
  client.release();
});

test('only a file that has changed is run again', async () => {
  await owner.query(`create or replace function frozen_tenants() returns setof int language sql as 'select 1'`);
  await migrate(database().url);
  expect(await bodyOf('frozen_tenants')).toBe('select 1');

  await owner.query(`update migration_function set checksum = '' where name = 'frozen_tenants.sql'`);
  await migrate(database().url);

  expect(await bodyOf('frozen_tenants')).toContain('where frozen');
});

test('a function of an earlier build that has another result is replaced', async () => {
  await owner.query(`drop function frozen_tenants();
    create function frozen_tenants() returns table (tenant text) language sql as 'select ''1''';
    update migration_function set checksum = '' where name = 'frozen_tenants.sql'`);

  await migrate(database().url);

  expect(await bodyOf('frozen_tenants')).toContain('where frozen');
  const rows = await owner.query(
    `select pg_get_function_result(oid) as result, has_function_privilege($1, oid, 'execute') as application
      from pg_proc where proname = 'frozen_tenants'`,
    [APP_ROLE],
  );
  expect(rows).toEqual([{ result: 'SETOF integer', application: true }]);
});

test('the ledger drops the row of a removed file', async () => {
  await owner.query(`insert into migration_function (name, checksum) values ('removed.sql', '')`);

  await migrate(database().url);

  expect(await column('select name from migration_function order by name')).toEqual(
    (await readFunctions()).map(({ name }) => name),
  );
});

test('expose_function lets only the application role execute a function', async () => {
  await owner.query(`create function exposed_for_test() returns int language sql as 'select 1'`);

  await owner.query(`select expose_function(array['exposed_for_test()'])`);

  const rows = await owner.query(
    `select has_function_privilege($1, 'exposed_for_test()', 'execute') as application,
      has_function_privilege('public', 'exposed_for_test()', 'execute') as everyone`,
    [APP_ROLE],
  );
  expect(rows).toEqual([{ application: true, everyone: false }]);
});

test('isolate_table limits the application role to the rows of its tenant', async () => {
  await owner.query(`create table isolated_for_test (tenant int not null);
    grant select, insert on isolated_for_test to ${APP_ROLE};
    insert into isolated_for_test values (1), (2)`);

  await owner.query(`select isolate_table(array['isolated_for_test'])`);

  const client = await owner.connect();
  await client.query(`set role ${APP_ROLE}; set app.tenant = 2`);
  expect((await client.query('select tenant from isolated_for_test')).rows).toEqual([{ tenant: 2 }]);
  await expect(client.query('insert into isolated_for_test values (1)')).rejects.toMatchObject({ code: '42501' });
  client.release(true);
});

test('isolate_shared_table shows rows of tenant 0, and lets none write them', async () => {
  await owner.query(`create table shared_for_test (tenant int not null);
    grant select, insert, update, delete on shared_for_test to ${APP_ROLE};
    insert into shared_for_test values (0), (1), (2)`);

  await owner.query(`select isolate_shared_table(array['shared_for_test'])`);

  const client = await owner.connect();
  await client.query(`set role ${APP_ROLE}; set app.tenant = 2`);
  const { rows } = await client.query('select tenant from shared_for_test order by 1');
  expect(rows).toEqual([{ tenant: 0 }, { tenant: 2 }]);
  await expect(client.query('insert into shared_for_test values (0)')).rejects.toMatchObject({ code: '42501' });
  expect((await client.query('update shared_for_test set tenant = 2')).rowCount).toBe(1);
  expect((await client.query('delete from shared_for_test')).rowCount).toBe(1);
  client.release(true);
});
