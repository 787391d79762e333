import type { Logger } from 'pino';
import { addErrorSubject, withErrorSubject } from '../../base/error-subject';
import { DEFAULT_TENANT, type Database, type Transaction } from '../../store/database/connection';
import { isDatabaseUnusable } from '../../store/database/lost-connection';
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
 * `stop`. Rows of a kind that cannot be removed stop neither the other kinds nor other tenants.
 * Never rejects: what could not be removed is tried again in the next pass.
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
      const failures: unknown[] = [];
      const pass = { db, settings, maxCount: retentionCount, stop, failures };
      await removeOfAllTenants(pass, removed).catch((error: unknown) => failures.push(error));
      if (stop.aborted) return;
      for (const failure of failures) log.warn({ err: failure, removed }, 'a retention pass failed');
      if (failures.length === 0 && settings.isDryRun)
        log.info({ removed }, 'a dry run of retention would have removed rows');
      const error = failures.length === 0 ? null : failures.map(String).join('; ');
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
  /** What could not be removed. */
  readonly failures: unknown[];
}

async function removeOfAllTenants(pass: Pass, removed: Counts): Promise<void> {
  const tenants = await pass.db.inTenant(DEFAULT_TENANT, listTenants);
  const removeOfTenant = pass.settings.isDryRun ? countExpired : removeExpired;
  for (const { id } of tenants) await isolated(pass, id, () => removeOfTenant(pass, id, removed));
}

/** Returns null where `work` has failed in a way that leaves the rest of the pass possible. */
async function isolated<T>({ failures }: Pass, tenant: number, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    addErrorSubject(error, { tenant });
    if (isDatabaseUnusable(error)) throw error;
    failures.push(error);
    return null;
  }
}

/** Each portion is a transaction of its own. */
async function removeExpired(pass: Pass, tenant: number, removed: Counts): Promise<void> {
  for (const removal of REMOVALS) {
    const remove = () => pass.db.inTenant(tenant, (transaction) => removeCurrent(transaction, pass, removal));
    if ((await isolated(pass, tenant, () => removeAll(pass, removed, removal, remove))) === 'ended') return;
  }
}

/** Thrown to roll a dry run back. */
class DryRunEnd extends Error {}

/** One transaction that is rolled back: a kind is counted as if those before it were removed. */
async function countExpired(pass: Pass, tenant: number, removed: Counts): Promise<void> {
  let counted: Counts = {};
  const counting = pass.db.inTenant(tenant, async (transaction) => {
    counted = {};
    for (const removal of REMOVALS) {
      const remove = () => removeCurrent(transaction, pass, removal);
      if ((await removeAll(pass, counted, removal, remove)) === 'ended') break;
    }
    throw new DryRunEnd();
  });
  await counting.catch((error: unknown) => {
    if (!(error instanceof DryRunEnd)) throw error;
  });
  for (const [target, count] of Object.entries(counted)) addCount(removed, target, count);
}

/** Removes portions of one kind until none is left. `ended`: by `stop`, or by new settings. */
async function removeAll(
  { settings: { batchSize }, stop }: Pass,
  removed: Counts,
  { target }: Removal,
  remove: () => Promise<number | null>,
): Promise<'removed' | 'ended'> {
  let count: number | null;
  do {
    count = stop.aborted ? null : await withErrorSubject({ removal: target }, remove);
    if (count === null) return 'ended';
    addCount(removed, target, count);
  } while (count >= batchSize);
  return 'removed';
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
