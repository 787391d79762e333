import type { Logger } from 'pino';
import { withErrorSubject } from '../../base/error-subject';
import { DEFAULT_TENANT, type Database, type Transaction } from '../../store/database/connection';
import { listTenants } from '../../store/identities/tenants';
import {
  areSettingsCurrent,
  claimRetentionPass,
  finishRetentionPass,
  isRetentionDue,
  type PassSettings,
} from '../../store/records/retention-passes';
import { REMOVALS, removePortion, type Removal } from './removals';

export interface RetentionPolicy {
  /** The newest executions, and the newest events, that a tenant keeps; 0: no such limit. */
  readonly retentionCount: number;
}

/** Rows by kind, without the kinds that have none. */
type Counts = Record<string, number>;

/**
 * Removes expired rows of all tenants in portions, one transaction each, if a pass is due and no
 * other process makes it. A dry run counts them. It ends when the settings change, and with
 * `stop`. Never rejects: what could not be removed is tried again in the next pass.
 */
export async function runRetentionPass(
  db: Database,
  { retentionCount }: RetentionPolicy,
  stop: AbortSignal,
  log: Logger,
): Promise<void> {
  try {
    if (!(await db.singleStatement(isRetentionDue))) return;
    await db.withoutTenant(async (locking) => {
      const settings = await claimRetentionPass(locking);
      if (settings === null) return;
      const removed: Counts = {};
      const pass = { db, settings, maxCount: retentionCount, stop };
      const failure = await removeOfAllTenants(pass, removed).then(
        () => null,
        (error: unknown) => ({ error }),
      );
      if (stop.aborted) return;
      if (failure !== null) log.warn({ err: failure.error, removed }, 'a retention pass failed');
      else if (settings.isDryRun) log.info({ removed }, 'a dry run of retention would have removed rows');
      const error = failure && String(failure.error);
      await db.singleStatement((transaction) => finishRetentionPass(transaction, { settings, removed, error }));
    });
  } catch (error) {
    log.warn({ err: error }, 'could not run a retention pass');
  }
}

interface Pass {
  readonly db: Database;
  readonly settings: PassSettings;
  readonly maxCount: number;
  readonly stop: AbortSignal;
}

async function removeOfAllTenants(pass: Pass, removed: Counts): Promise<void> {
  const tenants = await pass.db.inTenant(DEFAULT_TENANT, listTenants);
  const removeOfTenant = pass.settings.isDryRun ? countExpired : removeExpired;
  for (const { id } of tenants) await withErrorSubject({ tenant: id }, () => removeOfTenant(pass, id, removed));
}

/** Each portion is a transaction of its own. */
const removeExpired = (pass: Pass, tenant: number, removed: Counts): Promise<void> =>
  removeAll(pass, removed, (removal) =>
    pass.db.inTenant(tenant, (transaction) => removeCurrent(transaction, pass, removal)),
  );

/** Thrown to roll a dry run back. */
class DryRunEnd extends Error {}

/** One transaction that is rolled back: a kind is counted as if those before it were removed. */
async function countExpired(pass: Pass, tenant: number, removed: Counts): Promise<void> {
  let counted: Counts = {};
  const counting = pass.db.inTenant(tenant, async (transaction) => {
    counted = {};
    await removeAll(pass, counted, (removal) => removeCurrent(transaction, pass, removal));
    throw new DryRunEnd();
  });
  await counting.catch((error: unknown) => {
    if (!(error instanceof DryRunEnd)) throw error;
  });
  for (const [target, count] of Object.entries(counted)) addCount(removed, target, count);
}

/** Removes portions of each kind until none is left, or the settings have changed. */
async function removeAll(
  { settings: { batchSize }, stop }: Pass,
  removed: Counts,
  remove: (removal: Removal) => Promise<number | null>,
): Promise<void> {
  for (const removal of REMOVALS) {
    let count: number | null;
    do {
      count = stop.aborted ? null : await withErrorSubject({ removal: removal.target }, () => remove(removal));
      if (count === null) return;
      addCount(removed, removal.target, count);
    } while (count >= batchSize);
  }
}

function addCount(counts: Counts, target: string, count: number): void {
  if (count > 0) counts[target] = (counts[target] ?? 0) + count;
}

/** Null: the settings have changed. */
const removeCurrent = async (
  transaction: Transaction,
  { settings, maxCount }: Pass,
  removal: Removal,
): Promise<number | null> =>
  (await areSettingsCurrent(transaction, settings))
    ? removePortion(transaction, removal, settings.batchSize, maxCount)
    : null;
