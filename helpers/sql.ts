import { Client } from 'pg';
import type { JsonObject } from '../contract/json';

/** The target's database, read around the platform: as its owner, past every wall. */
export interface RawStore extends AsyncDisposable {
  /** `schema.table: rows` of each table that holds one of the texts anywhere in a row, in whatever case. */
  holding(texts: readonly string[]): Promise<string[]>;
  /** The columns of the one row that has this value; throws where there is not exactly one. */
  row(table: string, column: string, value: string): Promise<JsonObject>;
  /** `table.column: rows` of each reference whose row points to a row of another tenant; what all share is no other's. */
  acrossTenants(): Promise<string[]>;
  /** Exchanges what two rows, by id, hold in a column. */
  swap(table: string, column: string, one: number, two: number): Promise<void>;
}

interface Table {
  readonly schema: string;
  readonly name: string;
}

const TABLES = `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
  order by 1, 2`;

interface Reference {
  readonly from: string;
  readonly column: string;
  readonly to: string;
  readonly key: string;
}

/** Foreign keys of one column between tables that both have tenants. */
const REFERENCES = `
  select c.conrelid::regclass::text as from, a.attname::text as column, c.confrelid::regclass::text as to,
    b.attname::text as key
  from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    join pg_attribute b on b.attrelid = c.confrelid and b.attnum = c.confkey[1]
  where c.contype = 'f' and cardinality(c.conkey) = 1
    and (select count(*) from pg_attribute t where t.attname = 'tenant' and t.attrelid in (c.conrelid, c.confrelid))
      = case when c.conrelid = c.confrelid then 1 else 2 end`;

/** Connects with the URL of the owner. Throws what the server says. */
export async function openStore(url: string): Promise<RawStore> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // a lost connection is told by the statement that meets it
  await client.connect();
  const name = (text: string) => client.escapeIdentifier(text);
  const count = async ({ schema, name: table }: Table, texts: readonly string[]): Promise<number> => {
    const { rows } = await client.query<{ rows: number }>(
      `select count(*)::int as rows from ${name(schema)}.${name(table)} t
      where exists (select from unnest($1::text[]) wanted where strpos(lower(t::text), lower(wanted)) > 0)`,
      [texts],
    );
    return rows[0]!.rows;
  };
  return {
    holding: async (texts) => {
      const { rows: tables } = await client.query<Table>(TABLES);
      const found: string[] = [];
      for (const table of tables) {
        const rows = await count(table, texts);
        if (rows > 0) found.push(`${table.schema}.${table.name}: ${rows}`);
      }
      return found;
    },
    row: async (table, column, value) => {
      const { rows } = await client.query<{ row: JsonObject }>(
        `select to_jsonb(t) as row from ${name(table)} t where ${name(column)} = $1`,
        [value],
      );
      if (rows.length !== 1) throw new Error(`${rows.length} rows of ${table} have ${column} ${value}, not one`);
      return rows[0]!.row;
    },
    acrossTenants: async () => {
      const { rows: references } = await client.query<Reference>(REFERENCES);
      const found: string[] = [];
      for (const { from, column, to, key } of references) {
        const { rows } = await client.query<{ rows: number }>(
          `select count(*)::int as rows from ${from} f join ${to} t on t.${name(key)} = f.${name(column)}
          where t.tenant <> f.tenant and t.tenant <> 0`,
        );
        if (rows[0]!.rows > 0) found.push(`${from}.${column}: ${rows[0]!.rows}`);
      }
      return found;
    },
    swap: async (table, column, one, two) => {
      await client.query(
        `update ${name(table)} t set ${name(column)} = o.${name(column)} from ${name(table)} o
        where t.id in ($1, $2) and o.id in ($1, $2) and o.id <> t.id`,
        [one, two],
      );
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}
