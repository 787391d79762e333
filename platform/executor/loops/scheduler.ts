import { sql } from 'kysely';
import type { Logger } from 'pino';
import { createPackFileCleanup } from '../../packs/storage/unused-pack-files';
import { notifyDispatch, notifyWorker, notifyWorkflow } from '../../store/database/notify';
import { RowIsolation } from '../../store/database/row-isolation';
import { clearRemovedActionIds } from '../../store/packs/actions';
import type { Database } from '../../store/database/connection';
import { NOTIFY_GRACE_MS } from './due-poll';
import { WakeupTimer } from '../../base/async/wakeup-timer';
import { expireInquiries } from './expire-inquiries';
import { createArtifactMaintenance } from '../retention/artifact-maintenance';
import { createExpiredRowsRemoval, createVersionRemoval } from '../retention/expired-rows';
import { removeExpiredLogs } from '../retention/expired-logs';
import { runRetentionPass, type RetentionPolicy } from '../retention/retention-pass';
import { createRecovery, type LossOptions } from '../recovery/recover-lost';
import { RecoveryGate } from '../recovery/recovery-gate';
import { runPollingLoop } from '../../base/async/polling-loop';
import { failUnclaimedExecutions } from '../recovery/fail-unclaimed';

/** Interval of recovery: a sixth of a lease, within these bounds. */
const RECOVERY_INTERVAL_MS = { min: 500, max: 2_000 };
/** Interval of the check for unclaimed executions: a fifth of the limit, within these bounds. */
const UNCLAIMED_CHECK_MS = { min: 500, max: 60_000 };
const EXPIRED_ROWS_MS = 10_000;
/** Interval of the check whether a retention pass is due. */
const RETENTION_CHECK_MS = 5_000;
const LOG_RETENTION_MS = 300_000;
const PACK_CLEANUP_MS = 2_000;
const ARTIFACT_FILES_MS = 2_000;
const ARTIFACT_AGE_MS = 60_000;
/** Executions of one transaction that lose the id of their deleted action. */
const REMOVED_ACTIONS_BATCH = 1_000;

export interface SchedulerOptions extends LossOptions, RetentionPolicy {
  /** The platform's data directory, which contains `logs/`. */
  readonly directory: string;
  /** An assigned execution that no worker claims fails after this, ms. */
  readonly pickUpMs: number;
}

/**
 * Sends notifications for work that is due or was missed, and runs maintenance: recovery,
 * timeouts, cleanup. Loops of their own, so that maintenance and retention do not delay due work.
 * Ends with `stop`.
 */
export async function runScheduler(
  db: Database,
  options: SchedulerOptions,
  wakeup: WakeupTimer,
  stop: AbortSignal,
  log: Logger,
): Promise<void> {
  await Promise.all([
    runPollingLoop('the scheduler loop', notifyDue(db, log), wakeup, stop, log),
    runPollingLoop('the recovery loop', runMaintenance(db, options, log), new WakeupTimer(), stop, log),
    runPollingLoop('the retention loop', runRetention(db, options, stop, log), new WakeupTimer(), stop, log),
  ]);
}

const runRetention = (db: Database, options: RetentionPolicy, stop: AbortSignal, log: Logger) => async () => {
  await runRetentionPass(db, options, stop, log);
  return RETENTION_CHECK_MS;
};

/** Its calls return ms until the next work is due. */
function notifyDue(db: Database, log: Logger): () => Promise<number> {
  const inquiries = new RowIsolation();
  return async () => {
    const nextNotificationAt = (await notifyOverdue(db)) + performance.now();
    const nextInquiryMs = await expireInquiries(db, log, inquiries);
    return Math.max(0, Math.min(nextInquiryMs, nextNotificationAt - performance.now()));
  };
}

function runMaintenance(db: Database, options: SchedulerOptions, log: Logger): () => Promise<number> {
  const areExpiredRowsDue = isDueEvery(EXPIRED_ROWS_MS);
  const isLogRetentionDue = isDueEvery(LOG_RETENTION_MS);
  const isPackCleanupDue = isDueEvery(PACK_CLEANUP_MS);
  const cleanUpPacks = createPackFileCleanup(db, log);
  const areArtifactFilesDue = isDueEvery(ARTIFACT_FILES_MS);
  const maintainArtifacts = createArtifactMaintenance(db, options.directory, log);
  const removeVersions = createVersionRemoval(db, log);
  const isArtifactAgeDue = isDueEvery(ARTIFACT_AGE_MS);
  const isUnclaimedCheckDue = isDueEvery(
    Math.min(UNCLAIMED_CHECK_MS.max, Math.max(UNCLAIMED_CHECK_MS.min, options.pickUpMs / 5)),
  );
  const recoveryMs = Math.min(RECOVERY_INTERVAL_MS.max, Math.max(RECOVERY_INTERVAL_MS.min, options.leaseMs / 6));
  const gate = new RecoveryGate({ leaseMs: options.leaseMs, silenceMs: Math.max(options.leaseMs / 2, 2 * recoveryMs) });
  const recover = createRecovery(db, options, gate, log);
  const removeExpiredRows = createExpiredRowsRemoval(db, log);
  const failUnclaimed = createUnclaimedCheck(db, options, log);
  return async () => {
    const isWatching = await recover();
    if (isLogRetentionDue()) void removeExpiredLogs(db, options.directory, log);
    if (isPackCleanupDue()) cleanUpPacks();
    if (areArtifactFilesDue()) void maintainArtifacts();
    if (isArtifactAgeDue()) void removeVersions();
    if (areExpiredRowsDue()) {
      await removeExpiredRows();
      void clearRemovedActions(db, log);
    }
    if (isWatching && isUnclaimedCheckDue()) await failUnclaimed();
    return recoveryMs;
  };
}

/** True at the first call, and then once in `ms`. */
function isDueEvery(ms: number): () => boolean {
  let next = -Infinity;
  return () => {
    const now = performance.now();
    if (now < next) return false;
    next = now + ms;
    return true;
  };
}

interface DueRow {
  readonly tenant: number | null;
  readonly execution: number | null;
  /** It runs the execution, whose limit has passed; null: its workflow, or its tenant, is due. */
  readonly worker: number | null;
  readonly next: number | null;
}

/** Notifies for everything that is due. Returns ms until the next is. */
async function notifyOverdue(db: Database): Promise<number> {
  const { rows } = await db.singleStatement((transaction) =>
    sql<DueRow>`
      select tenant, execution, null::bigint as worker, null::double precision as next from overdue_work(${NOTIFY_GRACE_MS})
      union all select tenant, execution, null, null from overdue_limits()
      union all select tenant, execution, worker, null from overdue_attempts()
      union all select null, null, null, next_due_ms()`.execute(transaction),
  );
  for (const { tenant, execution, worker } of rows) {
    if (tenant === null) continue;
    await db.singleStatement((transaction) => {
      if (execution === null) return notifyDispatch(transaction, tenant);
      if (worker === null) return notifyWorkflow(transaction, tenant, execution);
      return notifyWorker(transaction, { worker, limit: execution });
    });
  }
  return rows.find(({ tenant }) => tenant === null)?.next ?? Infinity;
}

function createUnclaimedCheck(db: Database, { pickUpMs }: SchedulerOptions, log: Logger): () => Promise<void> {
  const isolation = new RowIsolation();
  return async () => {
    const failed = await failUnclaimedExecutions(db, pickUpMs, log, isolation);
    if (failed.length > 0) log.warn({ executions: failed }, 'executions failed: no worker claimed them');
  };
}

/** Does nothing where another call has not ended. Never rejects. */
async function clearRemovedActions(db: Database, log: Logger): Promise<void> {
  try {
    while (await clearRemovedActionIds(db, REMOVED_ACTIONS_BATCH));
  } catch (error) {
    log.warn({ err: error }, 'could not clear the ids of deleted actions');
  }
}
