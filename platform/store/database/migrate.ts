import { runMigrations } from 'graphile-worker';
import type { Pool, PoolClient } from 'pg';
import { ADVISORY_LOCKS } from './advisory-locks';
import { ensureAppRole } from './app-role';
import { applySqlFiles } from './apply-sql-files';
import { openPool } from './connection';
import { requireNoTables } from './foreign-tables';
import {
  ensureLedger,
  PLATFORM_SET,
  readLedger,
  requireOwnSet,
  requireUnchanged,
  type MigrationLedger,
} from './migration-ledger';
import { queueLogger } from './queue-logger';
import { readFunctions, readMigrations, type SqlFile } from './sql-files';

/**
 * Brings the database up to date: the application's role, the ledger, the tables of the queue,
 * then the numbered files that are not applied yet and the function files that have changed, all
 * of these in one transaction. Several platforms may do this at once. `build`: hash of this
 * program, which the ledger keeps. Throws DatabaseRefused before anything is changed,
 * RoleCreationDenied, and the errors of the server.
 */
export async function migrate(ownerUrl: string, build: string | null = null): Promise<void> {
  const [migrations, functions] = await Promise.all([readMigrations(), readFunctions()]);
  await migrateSet(ownerUrl, { name: PLATFORM_SET, migrations, functions }, build, {
    beforeLedger: ensureAppRole,
    afterLedger: (pool) => runMigrations({ pgPool: pool, logger: queueLogger() }),
  });
}

/** The SQL files of one program. Its name is in the ledger of its database. */
export interface MigrationSet {
  readonly name: string;
  readonly migrations: readonly SqlFile[];
  readonly functions: readonly SqlFile[];
}

/** What a program needs besides its files, once its database is known to be usable. */
interface Preparation {
  readonly beforeLedger?: (client: PoolClient) => Promise<void>;
  readonly afterLedger?: (pool: Pool) => Promise<void>;
}

/** As `migrate`, for the files of any program. */
export async function migrateSet(
  ownerUrl: string,
  set: MigrationSet,
  build: string | null,
  { beforeLedger, afterLedger }: Preparation = {},
): Promise<void> {
  const pool = openPool(ownerUrl, 2);
  try {
    const client = await pool.connect();
    try {
      await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.migration]);
      const ledger = await readUsableLedger(client, set);
      await beforeLedger?.(client);
      await ensureLedger(client, set.name); // before the queue's tables, which alone would be somebody else's
      await afterLedger?.(pool);
      await inTransaction(client, () => applySqlFiles(client, ledger, { ...set, build }));
    } finally {
      client.release(true); // ends the session and with it the lock
    }
  } finally {
    await pool.end();
  }
}

/** Empty for an empty database. Throws DatabaseRefused. */
async function readUsableLedger(client: PoolClient, { name, migrations }: MigrationSet): Promise<MigrationLedger> {
  const ledger = await readLedger(client);
  if (ledger === null) {
    await requireNoTables(client);
    return new Map();
  }
  requireOwnSet(ledger, name);
  requireUnchanged(ledger, migrations, name);
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
