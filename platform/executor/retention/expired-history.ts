import { sql, type RawBuilder } from 'kysely';
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
 * Removes finished executions with their logs, events with their enforcements and deliveries,
 * revisions of workflows, and states that workers had, in portions. Never rejects: what could not
 * be removed is tried again in the next pass.
 */
export async function removeExpiredHistory(db: Database, policy: RetentionPolicy, log: Logger): Promise<void> {
  try {
    const tenants = await db.inTenant(DEFAULT_TENANT, listTenants);
    for (const { id } of tenants) {
      for (const remove of removalsOf(policy))
        await removePortions((portion) => removePortion(db, id, remove(portion)));
    }
  } catch (error) {
    log.warn({ err: error }, 'could not remove expired history');
  }
}

async function removePortions(remove: (portion: number) => Promise<number>): Promise<void> {
  for (let portions = 0; portions < MAX_PORTIONS; portions++) {
    if ((await remove(PORTION)) < PORTION) return;
  }
}

/** A statement that removes rows of the tenant, `portion` at most, and returns how many. */
type Removal = (portion: number) => RawBuilder<{ readonly removed: number }>;

/** In this order: what an execution refers to stays until the execution is removed. */
function removalsOf({ retentionSeconds: age, retentionCount: count }: RetentionPolicy): Removal[] {
  const byAgeOrCount: Removal[] = [
    (portion) => sql`select remove_expired_executions(${age}, ${count}, ${portion}) as removed`,
    (portion) => sql`select remove_expired_events(${age}, ${count}, ${portion}) as removed`,
  ];
  if (age === 0) return byAgeOrCount;
  return [
    ...byAgeOrCount,
    (portion) => sql`select remove_expired_revisions(${age}, ${portion}) as removed`,
    (portion) => sql`select remove_expired_worker_states(${age}, ${portion}) as removed`,
  ];
}

const removePortion = (db: Database, tenant: number, removal: ReturnType<Removal>): Promise<number> =>
  db.inTenant(tenant, async (transaction) => (await removal.execute(transaction)).rows[0]!.removed);
