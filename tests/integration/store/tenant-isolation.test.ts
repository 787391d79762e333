import { sql } from 'kysely';
import { APP_ROLE } from '../../../platform/store/database/connection';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

/**
 * Tables of the platform, without tenant, and the privileges that the application role has on
 * them.
 */
const PLATFORM_TABLES: Readonly<Record<string, readonly string[]>> = {
  /** Sessions that ended before their tokens: checked before the tenant is known. */
  ended_session: [],
  /** What coordinates the workflows of every tenant. */
  executor: ['SELECT'],
  /** Failed logins, also of unknown identities. */
  failed_login: [],
  migration: [],
  migration_function: [],
  /** What the readiness of platforms writes. */
  readiness: [],
  /** How long rows are kept, on the whole platform, and what the latest passes removed. */
  runtime_retention_config: ['SELECT'],
  runtime_retention_target_config: ['SELECT'],
  setting: [],
  /** Read and written by the owner, when a platform starts. */
  stack_stamp: [],
  supervisor_run: ['SELECT'],
  /** Addresses of logins, which are unique on the whole platform. */
  usual_address: [],
};
const OWN_TENANT = 1;
const OTHER_TENANT = 2;
const SHARED_TENANT = 0;
const DENIED = { code: '42501' };

interface Table {
  readonly name: string;
  /** Column that holds the tenant of a row; null: none. */
  readonly tenantColumn: string | null;
  readonly isIsolated: boolean;
  readonly owner: string;
}

const database = withDatabase();
let tables: Table[];

const TABLES = `
  select c.relname as name, c.relrowsecurity as "isIsolated", pg_get_userbyid(c.relowner) as owner,
    case when c.relname = 'tenant' then 'id' else (select a.attname::text from pg_attribute a
      where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped) end as "tenantColumn"
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname`;

/**
 * Drops constraints, so that every table accepts a row with nothing but its tenant: only
 * row-level security is left.
 */
const DROP_CONSTRAINTS = `
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

const owner = withOwner(database);
beforeAll(async () => {
  tables = await owner.query<Table>(TABLES);
});

const tenantTables = (): Table[] => tables.filter(({ name }) => !Object.hasOwn(PLATFORM_TABLES, name));
const tableNames = (list: readonly Table[]): string[] => list.map(({ name }) => name);

async function privilegesOn(table: string): Promise<string[]> {
  const rows = await owner.query<{ privilege: string }>(
    `select p as privilege from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
    where has_table_privilege($1, $2, p)`,
    [APP_ROLE, `public.${table}`],
  );
  return rows.map(({ privilege }) => privilege);
}

test('every table has a tenant column and row-level security', () => {
  expect(tenantTables().length).toBeGreaterThan(15);
  expect(tableNames(tenantTables().filter(({ tenantColumn }) => tenantColumn === null))).toEqual([]);
  expect(tableNames(tenantTables().filter(({ isIsolated }) => !isIsolated))).toEqual([]);
});

test('the application cannot change the tables of the platform', async () => {
  for (const [name, allowed] of Object.entries(PLATFORM_TABLES)) expect(await privilegesOn(name)).toEqual(allowed);
});

test('the application role owns no table and bypasses no policy', async () => {
  expect(tableNames(tables.filter((table) => table.owner === APP_ROLE))).toEqual([]);
  const rows = await owner.query(
    `select rolsuper, rolbypassrls, rolcreaterole, rolcanlogin from pg_roles where rolname = $1`,
    [APP_ROLE],
  );
  expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcanlogin: false }]);
});

test('every policy compares with the tenant of the transaction', async () => {
  const rows = await owner.query<{ tablename: string; policyname: string }>(
    `select tablename, policyname from pg_policies where schemaname = 'public' and (roles <> array[$1::name]
      or permissive <> 'PERMISSIVE' or coalesce(qual, '') || coalesce(with_check, '') not like '%app_tenant()%'
      or (cmd <> 'SELECT' and coalesce(with_check, qual) like '%ARRAY[%'))`,
    [APP_ROLE],
  );
  expect(rows).toEqual([]);
});

test('the application cannot read or change any other relation', async () => {
  const rows = await owner.query(
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

test('a security definer function sets its search path and is not public', async () => {
  const rows = await owner.query(
    `select p.oid::regprocedure::text as function from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and (p.proconfig is null or has_function_privilege('public', p.oid, 'EXECUTE'))`,
  );
  expect(rows).toEqual([]);
});

async function insertRowOfEachTenant(): Promise<void> {
  await owner.query(DROP_CONSTRAINTS);
  await owner.query(`delete from tenant`);
  for (const { name, tenantColumn } of tenantTables()) {
    for (const tenant of [SHARED_TENANT, OWN_TENANT, OTHER_TENANT]) {
      await owner.query(`insert into ${name} (${tenantColumn}) overriding system value values ($1)`, [tenant]);
    }
  }
}

const runInOwnTenant = (text: string) =>
  database().db.inTenant(OWN_TENANT, (transaction) => sql.raw<{ tenant: number }>(text).execute(transaction));

/** The number of rows that a statement changed; a rejected one changes none. */
const countChanged = async (text: string): Promise<bigint> => {
  try {
    return (await runInOwnTenant(text)).numAffectedRows ?? 0n;
  } catch (error) {
    expect(error).toMatchObject(DENIED);
    return 0n;
  }
};

/** Tenant tables that the application role may read. */
async function readableTables(): Promise<Table[]> {
  const readable: Table[] = [];
  for (const table of tenantTables()) {
    if ((await privilegesOn(table.name)).includes('SELECT')) readable.push(table);
  }
  return readable;
}

/** Each table with each tenant whose rows the own tenant cannot write. */
const tablesOfOtherTenants = () =>
  tenantTables().flatMap((table) => [SHARED_TENANT, OTHER_TENANT].map((tenant) => ({ ...table, tenant })));

describe('with one row of each tenant in every table', () => {
  beforeAll(insertRowOfEachTenant);

  test('a tenant cannot read a row of another tenant', async () => {
    for (const { name, tenantColumn } of await readableTables()) {
      const { rows } = await runInOwnTenant(`select ${tenantColumn} as tenant from ${name}`);
      const visible = rows.map((row) => row.tenant).sort();
      expect([name, visible.filter((tenant) => tenant !== SHARED_TENANT)]).toEqual([name, [OWN_TENANT]]);
    }
  });

  test('a tenant cannot change or remove a shared row or another tenant’s', async () => {
    for (const { name, tenantColumn, tenant } of tablesOfOtherTenants()) {
      const where = `where ${tenantColumn} = ${tenant}`;
      expect([name, await countChanged(`update ${name} set ${tenantColumn} = ${tenantColumn} ${where}`)]).toEqual([
        name,
        0n,
      ]);
      expect([name, await countChanged(`delete from ${name} ${where}`)]).toEqual([name, 0n]);
    }
  });

  test('a tenant cannot insert a row for another tenant or move one there', async () => {
    for (const { name, tenantColumn, tenant } of tablesOfOtherTenants()) {
      await expect(
        runInOwnTenant(`insert into ${name} (${tenantColumn}) overriding system value values (${tenant})`),
      ).rejects.toMatchObject(DENIED);
      expect([
        name,
        await countChanged(`update ${name} set ${tenantColumn} = ${tenant} where ${tenantColumn} = ${OWN_TENANT}`),
      ]).toEqual([name, 0n]);
    }
  });

  test('a transaction without a tenant reads no row of any tenant', async () => {
    for (const { name, tenantColumn } of await readableTables()) {
      const all = sql.raw(`select from ${name} where ${tenantColumn} <> ${SHARED_TENANT}`);
      const { rows } = await database().db.withoutTenant((transaction) => all.execute(transaction));
      expect([name, rows.length]).toEqual([name, 0]);
    }
  });

  test('the owner reads the rows of all tenants', async () => {
    for (const { name } of tenantTables()) {
      const rows = await owner.query<{ count: number }>(`select count(*)::int as count from ${name}`);
      expect([name, rows[0]?.count]).toEqual([name, 3]);
    }
  });
});
