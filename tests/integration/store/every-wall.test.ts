import { sql } from 'kysely';
import type { Pool } from 'pg';
import { APP_ROLE, openPool, type Transaction } from '../../../platform/store/database';
import { withDatabase } from '../with-database';

/** Of the platform, not of a tenant: the application may do no more with them than is said here. */
const OF_NO_TENANT: Readonly<Record<string, readonly string[]>> = {
  /** Tries to log in: of logins that nobody may have. */
  failed_login: [],
  migration: [],
  setting: [],
  worker: ['SELECT'],
};
const OURS = 1;
const THEIRS = 2;
const SHARED = 0;
const REFUSED = { code: '42501' };

interface Table {
  readonly name: string;
  /** Column that says whose a row is; null: none. */
  readonly whose: string | null;
  readonly guarded: boolean;
  readonly owner: string;
}

const database = withDatabase();
let owner: Pool;
let tables: Table[];

const TABLES = `
  select c.relname as name, c.relrowsecurity as guarded, pg_get_userbyid(c.relowner) as owner,
    case when c.relname = 'tenant' then 'id' else (select a.attname::text from pg_attribute a
      where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped) end as whose
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname`;

/** One row of us, of them and of all in every table, whatever else its columns ask for: only the walls are left standing. */
const BARE = `
do $$
declare c record;
begin
  for c in select conrelid::regclass as relation, conname from pg_constraint
    where connamespace = 'public'::regnamespace and conrelid <> 0 and contype in ('c', 'f', 'u', 'p')
    order by contype = 'f' desc
  loop execute format('alter table %s drop constraint if exists %I cascade', c.relation, c.conname); end loop;
  for c in select a.attrelid::regclass as relation, a.attname from pg_attribute a join pg_class t on t.oid = a.attrelid
    where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and a.attnum > 0 and a.attnotnull
      and not a.attisdropped and a.attidentity = ''
  loop execute format('alter table %s alter column %I drop not null', c.relation, c.attname); end loop;
  for c in select i.indexrelid::regclass as index from pg_index i join pg_class t on t.oid = i.indrelid
    where t.relnamespace = 'public'::regnamespace and i.indisunique
  loop execute format('drop index if exists %s', c.index); end loop;
  for c in select t.oid::regclass as relation from pg_class t
    where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
  loop execute format('alter table %s disable trigger user', c.relation); end loop;
end $$`;

beforeAll(async () => {
  owner = openPool(database().url, 1);
  tables = (await owner.query<Table>(TABLES)).rows;
});
afterAll(() => owner.end());

const walled = (): Table[] => tables.filter(({ name }) => !Object.hasOwn(OF_NO_TENANT, name));
const names = (those: readonly Table[]): string[] => those.map(({ name }) => name);

async function privilegesOn(table: string): Promise<string[]> {
  const { rows } = await owner.query<{ privilege: string }>(
    `select p as privilege from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
    where has_table_privilege($1, $2, p)`,
    [APP_ROLE, `public.${table}`],
  );
  return rows.map(({ privilege }) => privilege);
}

test('every table says whose its rows are, and is guarded', () => {
  expect(walled().length).toBeGreaterThan(15);
  expect(names(walled().filter(({ whose }) => whose === null))).toEqual([]);
  expect(names(walled().filter(({ guarded }) => !guarded))).toEqual([]);
});

test('what belongs to no tenant is not for the application to change', async () => {
  for (const [name, allowed] of Object.entries(OF_NO_TENANT)) expect(await privilegesOn(name)).toEqual(allowed);
});

test('the application owns nothing, and is held by every policy', async () => {
  expect(names(tables.filter((table) => table.owner === APP_ROLE))).toEqual([]);
  const { rows } = await owner.query(
    `select rolsuper, rolbypassrls, rolcreaterole, rolcanlogin from pg_roles where rolname = $1`,
    [APP_ROLE],
  );
  expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcanlogin: false }]);
});

test('every policy asks for the transaction’s tenant, and none is for everybody', async () => {
  const { rows } = await owner.query<{ tablename: string; policyname: string }>(
    `select tablename, policyname from pg_policies where schemaname = 'public' and (roles <> array[$1::name]
      or permissive <> 'PERMISSIVE' or coalesce(qual, '') || coalesce(with_check, '') not like '%app_tenant()%'
      or (cmd <> 'SELECT' and coalesce(with_check, qual) like '%ARRAY[%'))`,
    [APP_ROLE],
  );
  expect(rows).toEqual([]);
});

test('nothing else of the database is open to the application', async () => {
  const { rows } = await owner.query(
    `select c.oid::regclass::text as relation from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('public', 'pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
      and c.relkind in ('r', 'p', 'v', 'm') and has_schema_privilege($1, n.oid, 'USAGE')
      and (has_table_privilege($1, c.oid, 'SELECT') or has_table_privilege($1, c.oid, 'UPDATE'))
    union all select c.oid::regclass::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm') and has_table_privilege($1, c.oid, 'SELECT')
      and not coalesce(c.reloptions, '{}') @> array['security_invoker=true']`,
    [APP_ROLE],
  );
  expect(rows).toEqual([]);
});

test('a function that reaches across the wall names its search path, and is not for everybody', async () => {
  const { rows } = await owner.query(
    `select p.oid::regprocedure::text as function from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and (p.proconfig is null or has_function_privilege('public', p.oid, 'EXECUTE'))`,
  );
  expect(rows).toEqual([]);
});

describe('with one row of each tenant in every table', () => {
  beforeAll(async () => {
    await owner.query(BARE);
    await owner.query(`delete from tenant`);
    for (const { name, whose } of walled()) {
      for (const tenant of [SHARED, OURS, THEIRS]) {
        await owner.query(`insert into ${name} (${whose}) overriding system value values ($1)`, [tenant]);
      }
    }
  });

  const ours = <T>(work: (transaction: Transaction) => Promise<T>) => database().db.inTenant(OURS, work);
  const run = (text: string) => ours((transaction) => sql.raw<{ whose: number }>(text).execute(transaction));

  /** How many rows a statement changed; one that is not allowed at all changes none. */
  const changedBy = async (text: string): Promise<bigint> => {
    try {
      return (await run(text)).numAffectedRows ?? 0n;
    } catch (error) {
      expect(error).toMatchObject(REFUSED);
      return 0n;
    }
  };

  test('nobody sees a row of another tenant', async () => {
    for (const { name, whose } of walled()) {
      if (!(await privilegesOn(name)).includes('SELECT')) continue;
      const { rows } = await run(`select ${whose} as whose from ${name}`);
      const seen = rows.map((row) => row.whose).sort();
      expect([name, seen.filter((tenant) => tenant !== SHARED)]).toEqual([name, [OURS]]);
    }
  });

  test('nobody changes or removes a row of another tenant, nor a shared one', async () => {
    for (const { name, whose } of walled()) {
      for (const tenant of [SHARED, THEIRS]) {
        const where = `where ${whose} = ${tenant}`;
        expect([name, await changedBy(`update ${name} set ${whose} = ${whose} ${where}`)]).toEqual([name, 0n]);
        expect([name, await changedBy(`delete from ${name} ${where}`)]).toEqual([name, 0n]);
      }
    }
  });

  test('nobody makes a row for another tenant, nor moves one there', async () => {
    for (const { name, whose } of walled()) {
      for (const tenant of [SHARED, THEIRS]) {
        await expect(
          run(`insert into ${name} (${whose}) overriding system value values (${tenant})`),
        ).rejects.toMatchObject(REFUSED);
        expect([name, await changedBy(`update ${name} set ${whose} = ${tenant} where ${whose} = ${OURS}`)]).toEqual([
          name,
          0n,
        ]);
      }
    }
  });

  test('outside a tenant there is nothing of any', async () => {
    for (const { name, whose } of walled()) {
      if (!(await privilegesOn(name)).includes('SELECT')) continue;
      const all = sql.raw(`select from ${name} where ${whose} <> ${SHARED}`);
      const { rows } = await database().db.inNone((transaction) => all.execute(transaction));
      expect([name, rows.length]).toEqual([name, 0]);
    }
  });

  test('the owner sees all of it', async () => {
    for (const { name } of walled()) {
      const { rows } = await owner.query<{ count: number }>(`select count(*)::int as count from ${name}`);
      expect([name, rows[0]?.count]).toEqual([name, 3]);
    }
  });
});
