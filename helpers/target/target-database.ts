import { Client, escapeIdentifier } from 'pg';
import type { JsonObject } from '../../contract/json';

/**
 * The target's database, read as the schema's owner, whom row-level security does not restrict.
 */
export interface TargetDatabase extends AsyncDisposable {
  query<T extends object>(text: string, values?: readonly unknown[]): Promise<T[]>;
  /** Listens on a channel; the payloads that arrive are appended to the returned array. */
  listen(channel: string): Promise<readonly string[]>;
  /** `schema.table: rows` of each table with rows that contain one of the texts, in any case. */
  tablesContaining(texts: readonly string[]): Promise<string[]>;
  /** The columns of the one row that has this value. Throws unless there is exactly one. */
  row(table: string, column: string, value: string): Promise<JsonObject>;
  /**
   * `table.column: rows` of each foreign key that points from one tenant's rows to another's.
   * Shared rows (tenant 0) belong to no tenant.
   */
  crossTenantReferences(): Promise<string[]>;
  /** Exchanges the values of a column between two rows, by id. */
  swapColumn(table: string, column: string, firstId: number, secondId: number): Promise<void>;
}

interface Table {
  readonly schema: string;
  readonly name: string;
}

const TABLES_QUERY = `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
  order by 1, 2`;

interface Reference {
  readonly from: string;
  readonly column: string;
  readonly to: string;
  readonly key: string;
}

/** Single-column foreign keys between tables that both have a tenant column. */
const REFERENCES_QUERY = `
  select c.conrelid::regclass::text as from, a.attname::text as column, c.confrelid::regclass::text as to,
    b.attname::text as key
  from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    join pg_attribute b on b.attrelid = c.confrelid and b.attnum = c.confkey[1]
  where c.contype = 'f' and cardinality(c.conkey) = 1
    and (select count(*) from pg_attribute t where t.attname = 'tenant' and t.attrelid in (c.conrelid, c.confrelid))
      = case when c.conrelid = c.confrelid then 1 else 2 end`;

/** Connects as the schema's owner. Throws the server's error, and without a URL. */
export async function openTargetDatabase(url: string | null): Promise<TargetDatabase> {
  if (url === null) throw new Error('no access to the database of the target: set DATABASE_URL');
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // the next statement reports a lost connection
  await client.connect();
  const query = async <T extends object>(text: string, values: readonly unknown[] = []): Promise<T[]> =>
    (await client.query<T>(text, [...values])).rows;
  return {
    query,
    listen: (channel) => listen(client, channel),
    tablesContaining: (texts) => tablesContaining(query, texts),
    row: (table, column, value) => row(query, table, column, value),
    crossTenantReferences: () => crossTenantReferences(query),
    swapColumn: (table, column, firstId, secondId) => swapColumn(query, table, column, firstId, secondId),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

type Query = TargetDatabase['query'];

async function listen(client: Client, channel: string): Promise<readonly string[]> {
  const payloads: string[] = [];
  client.on('notification', (notification) => {
    if (notification.channel === channel) payloads.push(notification.payload ?? '');
  });
  await client.query(`listen ${escapeIdentifier(channel)}`);
  return payloads;
}

async function tablesContaining(query: Query, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const { schema, name } of await query<Table>(TABLES_QUERY)) {
    const rows = await countOf(
      query,
      `from (select lower(t::text) as line from ${escapeIdentifier(schema)}.${escapeIdentifier(name)} t offset 0) rows
      where exists (select from unnest($1::text[]) wanted where strpos(line, lower(wanted)) > 0)`,
      [texts],
    );
    if (rows > 0) found.push(`${schema}.${name}: ${rows}`);
  }
  return found;
}

async function row(query: Query, table: string, column: string, value: string): Promise<JsonObject> {
  const rows = await query<{ row: JsonObject }>(
    `select to_jsonb(t) as row from ${escapeIdentifier(table)} t where ${escapeIdentifier(column)} = $1`,
    [value],
  );
  if (rows.length !== 1) throw new Error(`${rows.length} rows of ${table} have ${column} ${value} instead of 1`);
  return rows[0]!.row;
}

async function crossTenantReferences(query: Query): Promise<string[]> {
  const found: string[] = [];
  for (const { from, column, to, key } of await query<Reference>(REFERENCES_QUERY)) {
    const rows = await countOf(
      query,
      `from ${from} f join ${to} t on t.${escapeIdentifier(key)} = f.${escapeIdentifier(column)}
      where t.tenant <> f.tenant and t.tenant <> 0`,
    );
    if (rows > 0) found.push(`${from}.${column}: ${rows}`);
  }
  return found;
}

async function swapColumn(query: Query, table: string, column: string, first: number, second: number): Promise<void> {
  const [name, quoted] = [escapeIdentifier(table), escapeIdentifier(column)];
  await query(
    `update ${name} t set ${quoted} = o.${quoted} from ${name} o
    where t.id in ($1, $2) and o.id in ($1, $2) and o.id <> t.id`,
    [first, second],
  );
}

async function countOf(query: Query, rest: string, values: readonly unknown[] = []): Promise<number> {
  const rows = await query<{ count: number }>(`select count(*)::int as count ${rest}`, values);
  return rows[0]!.count;
}
