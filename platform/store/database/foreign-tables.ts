import type { PoolClient } from 'pg';
import { DatabaseRefused } from './database-refused';

/** Names that the message shows. */
const SHOWN = 3;

/** Tables and views, without those of extensions. */
const RELATIONS_QUERY = `
  select current_database()::text as database, format('%I.%I', n.nspname, c.relname) as relation
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  order by 2`;

/** For a database without a ledger. Throws DB_NOT_OURS unless it is empty. */
export async function requireNoTables(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ database: string; relation: string }>(RELATIONS_QUERY);
  if (rows.length === 0) return;
  const shown = rows.slice(0, SHOWN).map(({ relation }) => relation);
  const rest = rows.length > SHOWN ? ` and ${rows.length - SHOWN} more` : '';
  throw new DatabaseRefused(
    'DB_NOT_OURS',
    `database ${rows[0]!.database} has tables that no platform created: ${shown.join(', ')}${rest}`,
    'name an empty database, or one of a platform',
  );
}
