import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Database } from '../database/connection';

/** Adds an executor of a platform; its leases last `leaseMs` without a renewal. Returns its id. */
export const addExecutor = (db: Database, instance: string, leaseMs: number): Promise<number> =>
  db.withoutTenant(async (transaction) => {
    const { rows } = await sql<{ id: number }>`select add_executor(${instance}, ${leaseMs}) as id`.execute(transaction);
    return rows[0]!.id;
  });

/** Renews the leases of all workflows that it coordinates. */
export const renewExecutor = (db: Database, executor: number, leaseMs: number): Promise<unknown> =>
  db.singleStatement((transaction) => sql`select renew_executor(${executor}, ${leaseMs})`.execute(transaction));

/** Ends its leases: other executors go on with what it coordinated. */
export const removeExecutor = (db: Database, executor: number): Promise<unknown> =>
  db.singleStatement((transaction) => sql`select remove_executor(${executor})`.execute(transaction));

/**
 * For a platform that is alone on its database: the leases of all others end, their workers get no
 * more work, and the builders of environments count as lost. Needs the owner's connections.
 */
export async function endOtherPlatforms(ownerPool: Pool, instance: string): Promise<void> {
  await ownerPool.query(
    'update executor set expires_at = liveness_now() where instance <> $1 and expires_at > liveness_now()',
    [instance],
  );
  await ownerPool.query('select mark_worker_lost(worker) from workers_of_ended_platforms()');
  await ownerPool.query(`update environment set claimed_at = '-infinity' where status = 'installing'`);
}
