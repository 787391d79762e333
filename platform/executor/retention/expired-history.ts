import { sql } from 'kysely';
import type { Logger } from 'pino';
import { DEFAULT_TENANT, type Database } from '../../store/database/connection';
import { listTenants } from '../../store/identities/tenants';

/** How long finished work is kept; 0: no such limit. */
export interface RetentionPolicy {
  readonly retentionSeconds: number;
  /** The newest executions, and the newest events, that a tenant keeps. */
  readonly retentionCount: number;
}

/** Rows of one transaction: short, so that it delays no other. */
const PORTION = 500;
/** Portions of a tenant in one pass; the next pass goes on. */
const MAX_PORTIONS = 40;

/**
 * Removes finished executions with their logs, and events with their enforcements and deliveries,
 * in portions. Never rejects: what could not be removed is tried again in the next pass.
 */
export async function removeExpiredHistory(db: Database, policy: RetentionPolicy, log: Logger): Promise<void> {
  try {
    const tenants = await db.inTenant(DEFAULT_TENANT, listTenants);
    for (const { id } of tenants) {
      await removePortions((portion) => removeExecutions(db, id, policy, portion));
      await removePortions((portion) => removeEvents(db, id, policy, portion));
    }
  } catch (error) {
    log.warn({ err: error }, 'could not remove expired executions and events');
  }
}

async function removePortions(remove: (portion: number) => Promise<number>): Promise<void> {
  for (let portions = 0; portions < MAX_PORTIONS; portions++) {
    if ((await remove(PORTION)) < PORTION) return;
  }
}

type RemovePortion = (db: Database, tenant: number, policy: RetentionPolicy, portion: number) => Promise<number>;

const removeExecutions: RemovePortion = (db, tenant, { retentionSeconds, retentionCount }, portion) =>
  db.inTenant(tenant, async (transaction) => {
    const { rows } = await sql<{ removed: number }>`
      select remove_expired_executions(${retentionSeconds}, ${retentionCount}, ${portion}) as removed`.execute(
      transaction,
    );
    return rows[0]!.removed;
  });

const removeEvents: RemovePortion = (db, tenant, { retentionSeconds, retentionCount }, portion) =>
  db.inTenant(tenant, async (transaction) => {
    const { rows } = await sql<{ removed: number }>`
      select remove_expired_events(${retentionSeconds}, ${retentionCount}, ${portion}) as removed`.execute(transaction);
    return rows[0]!.removed;
  });
