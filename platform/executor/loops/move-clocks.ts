import type { Logger } from 'pino';
import { errorCode } from '../../base/error-details';
import { LOCK_NOT_AVAILABLE, type Database } from '../../store/database/connection';
import { removeExpiredVersions } from '../../store/artifacts/files';
import { RowIsolation } from '../../store/database/row-isolation';
import { isClockWaiting, listMovingTenants, stepClock, type ClockStep } from '../../store/clock/moves';

/** Between two looks whether what was due has been done. */
const WAITING_MS = 8;
/** Files of one removal of expired versions. */
const PORTION = 1_000;

/**
 * Makes a step of each requested move. Returns ms until the next look; without a move, a
 * notification or the poll for due work (`due-poll.ts`) is waited for. A step that cannot be made
 * while a transaction of the tenant is open is tried again.
 */
export async function moveClocks(db: Database, log: Logger, isolation: RowIsolation): Promise<number> {
  const tenants = await listMovingTenants(db);
  const onError = (error: unknown) => log.error({ err: error }, 'a clock was not moved');
  const outcomes = await Promise.all(
    tenants.map((tenant) => isolation.run({ tenant }, () => step(db, tenant), onError)),
  );
  const steps = outcomes.flatMap((outcome) => (outcome === null ? [] : [outcome.value]));
  if (steps.length === 0) return Infinity;
  return steps.every((made) => made === 'waiting') ? WAITING_MS : 0;
}

async function step(db: Database, tenant: number): Promise<ClockStep> {
  try {
    if (await db.readingInTenant(tenant, isClockWaiting)) return 'waiting';
    const made = await db.aloneInTenant(tenant, stepClock);
    if (made === 'moved') await removeExpiredVersions(db, [tenant], PORTION);
    return made;
  } catch (error) {
    if (errorCode(error) !== LOCK_NOT_AVAILABLE) throw error;
    return 'waiting';
  }
}
