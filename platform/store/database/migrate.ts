import { runMigrations } from 'graphile-worker';
import type { PoolClient } from 'pg';
import { ADVISORY_LOCKS } from './advisory-locks';
import { ensureAppRole } from './app-role';
import { applySqlFiles } from './apply-sql-files';
import { openPool } from './connection';
import { readLedger, requireUnchanged } from './migration-ledger';
import { queueLogger } from './queue-logger';
import { readFunctions, readMigrations } from './sql-files';

/**
 * Brings the database up to date: the application's role, the tables of the queue, then the
 * numbered files that are not applied yet and the function files that have changed, all of these
 * in one transaction. Several platforms may do this at once. Throws MigrationMismatch before
 * anything is changed, RoleCreationDenied, and the errors of the server.
 */
export async function migrate(ownerUrl: string): Promise<void> {
  const [migrations, functions] = await Promise.all([readMigrations(), readFunctions()]);
  const pool = openPool(ownerUrl, 2);
  try {
    const client = await pool.connect();
    try {
      await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.migration]);
      const ledger = await readLedger(client);
      requireUnchanged(ledger, migrations);
      await ensureAppRole(client);
      await runMigrations({ pgPool: pool, logger: queueLogger() });
      await inTransaction(client, () => applySqlFiles(client, ledger, { migrations, functions }));
    } finally {
      client.release(true); // ends the session and with it the lock
    }
  } finally {
    await pool.end();
  }
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
