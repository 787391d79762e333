import type { PoolClient } from 'pg';
import { ADVISORY_LOCKS } from './advisory-locks';
import { ensureAppRole, requireRights } from './app-role';
import { applySqlFiles } from './apply-sql-files';
import { openPool } from './connection';
import { DatabaseRefused } from './database-refused';
import {
  ensureLedger,
  PLATFORM_SET,
  readLedger,
  requireBaseline,
  requireOwnSet,
  requireUnchanged,
  type MigrationLedger,
} from './migration-ledger';
import { readFunctions, readMigrations, readSchema, type MigrationSet } from './sql-files';

/**
 * Brings the database up to date: the application's role, the ledger, then the baseline unless it
 * is there, the migrations that are not applied yet and the function files that have changed, all
 * of these in one transaction. Several platforms may do this at once. `build`: hash of this
 * program, which the ledger keeps. `set`: the SQL files, where they have been read.
 * `beforeUpgrade` may refuse to change a database of another build. Throws DatabaseRefused before
 * anything is changed, RoleCreationDenied, and the errors of the server.
 */
export async function migrate(
  ownerUrl: string,
  build: string | null = null,
  { set, ...steps }: Pick<MigrationSteps, 'beforeUpgrade'> & { readonly set?: MigrationSet } = {},
): Promise<void> {
  await migrateSet(ownerUrl, set ?? (await readPlatformSet()), build, { prepare: prepareRole, ...steps });
}

async function prepareRole(client: PoolClient, { isEmpty }: DatabaseFacts): Promise<void> {
  await ensureAppRole(client);
  if (!isEmpty) await requireRights(client);
}

/** The SQL files of the platform. */
export async function readPlatformSet(): Promise<MigrationSet> {
  const [baseline, migrations, functions] = await Promise.all([readSchema(), readMigrations(), readFunctions()]);
  return { name: PLATFORM_SET, baseline, migrations, functions };
}

interface DatabaseFacts {
  readonly isEmpty: boolean;
}

interface MigrationSteps {
  /** Once the database is usable. */
  prepare?(client: PoolClient, facts: DatabaseFacts): Promise<void>;
  beforeUpgrade?(client: PoolClient): Promise<void>;
}

/** As `migrate`, for the files of any program. */
export async function migrateSet(
  ownerUrl: string,
  set: MigrationSet,
  build: string | null,
  steps: MigrationSteps = {},
): Promise<void> {
  const pool = openPool(ownerUrl, 1);
  try {
    const client = await pool.connect();
    try {
      await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.migration]);
      const ledger = await readUsableLedger(client, set);
      await steps.prepare?.(client, { isEmpty: ledger.size === 0 });
      await inTransaction(client, async () => {
        await ensureLedger(client, set.name);
        await applySqlFiles(client, ledger, set, build, steps.beforeUpgrade);
      });
    } finally {
      client.release(true); // ends the session and with it the lock
    }
  } finally {
    await pool.end();
  }
}

/** Empty for an empty database. Throws DatabaseRefused. */
async function readUsableLedger(client: PoolClient, set: MigrationSet): Promise<MigrationLedger> {
  const ledger = await readLedger(client);
  if (ledger === null) {
    await requireNoTables(client);
    return new Map();
  }
  requireOwnSet(ledger, set.name);
  if (set.baseline.length > 0) requireBaseline(ledger);
  requireUnchanged(ledger, set);
  return ledger;
}

async function inTransaction(client: PoolClient, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

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
async function requireNoTables(client: PoolClient): Promise<void> {
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
