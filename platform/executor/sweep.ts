import { sql } from 'kysely';
import type { Logger } from 'pino';
import { openPackClearance } from '../packs/spent-files';
import { ringAdvance, ringDispatch } from '../queue/ring';
import type { Database } from '../store/database';
import { Alarm } from './alarm';
import { expireInquiries } from './expire-inquiries';
import { removeSpentLogs } from './log-retention';
import { recover, type RecoveryPolicy } from './recovery';
import { repeat } from './repeat';
import { endNeverPickedUp } from './unclaimed';

/** Between looks at dead workers: a sixth of a lease, within these, ms. */
const RECOVERY_MS = { least: 500, most: 2_000 };
/** Between looks at what nobody picked up: a fifth of its limit, within these, ms. */
const MONITOR_MS = { least: 500, most: 60_000 };
/** Between removals of keys that have expired, ms. */
const CLEARANCE_MS = 10_000;
/** Between looks at logs that were kept long enough, ms. */
const RETENTION_MS = 300_000;
/** Between looks at packs' files that nobody uses any more, ms. */
const PACKS_MS = 2_000;
/** How long a doorbell may take to be answered before it is rung again, ms. */
const PATIENCE_MS = 1_000;

export interface SweepOptions extends RecoveryPolicy {
  /** How long an attempt is held without being heard of, ms. */
  readonly leaseMs: number;
  /** A worker is silent for too long after this, ms. */
  readonly staleMs: number;
  /** The platform's: `logs/` lies there. */
  readonly directory: string;
  /** An execution that was assigned and not picked up ends after this, ms. */
  readonly pickUpMs: number;
}

/**
 * Behind every doorbell: rings for what is due, and gives what dead workers held to others. Two loops, so that what was
 * planned for a moment does not wait for what is only tidied up. Ends with `stop`.
 */
export async function sweep(
  db: Database,
  options: SweepOptions,
  alarm: Alarm,
  stop: AbortSignal,
  log: Logger,
): Promise<void> {
  await Promise.all([
    repeat('the scheduler loop', () => ringForDue(db, log), alarm, stop, log),
    repeat('the recovery loop', tidying(db, options, log), new Alarm(), stop, log),
  ]);
}

/** Answers how long until the next thing is due, ms. */
async function ringForDue(db: Database, log: Logger): Promise<number> {
  const dueAt = (await ringOverdue(db)) + performance.now();
  const nextMs = await expireInquiries(db, log);
  return Math.max(0, Math.min(nextMs, dueAt - performance.now()));
}

function tidying(db: Database, options: SweepOptions, log: Logger): () => Promise<number> {
  const clearance = every(CLEARANCE_MS);
  const retention = every(RETENTION_MS);
  const packs = every(PACKS_MS);
  const clearPacks = openPackClearance(db, log);
  const monitor = every(Math.min(MONITOR_MS.most, Math.max(MONITOR_MS.least, options.pickUpMs / 5)));
  const recoveryMs = Math.min(RECOVERY_MS.most, Math.max(RECOVERY_MS.least, options.leaseMs / 6));
  return async () => {
    await recoverLost(db, options, log);
    if (retention()) void removeSpentLogs(db, options.directory, log);
    if (packs()) clearPacks();
    if (clearance()) await removeExpiredKeys(db);
    if (monitor()) await endUnclaimed(db, options, log);
    return recoveryMs;
  };
}

/** True at the first call, and then once in so many ms. */
function every(ms: number): () => boolean {
  let next = -Infinity;
  return () => {
    const now = performance.now();
    if (now < next) return false;
    next = now + ms;
    return true;
  };
}

interface Due {
  readonly tenant: number | null;
  readonly execution: number | null;
  readonly next: number | null;
}

/** Rings for all that is due, and answers how long until the next is, ms. */
async function ringOverdue(db: Database): Promise<number> {
  const { rows } = await db.alone((transaction) =>
    sql<Due>`select tenant, execution, null::double precision as next from overdue(${PATIENCE_MS})
      where execution is not null or tenant not in (select frozen_tenants())
      union all select tenant, execution, null from overdue_limits()
      union all select null, null, next_due_ms()`.execute(transaction),
  );
  for (const { tenant, execution } of rows) {
    if (tenant === null) continue;
    await db.alone((transaction) =>
      execution === null ? ringDispatch(transaction, tenant) : ringAdvance(transaction, tenant, execution),
    );
  }
  return rows.find(({ tenant }) => tenant === null)?.next ?? Infinity;
}

async function endUnclaimed(db: Database, { pickUpMs }: SweepOptions, log: Logger): Promise<void> {
  const ended = await endNeverPickedUp(db, pickUpMs);
  if (ended.length > 0) log.warn({ executions: ended }, 'executions were never picked up');
}

const removeExpiredKeys = (db: Database): Promise<unknown> =>
  db.alone((transaction) => sql`select sweep_keys(), sweep_logins(), sweep_requests()`.execute(transaction));

async function recoverLost(db: Database, options: SweepOptions, log: Logger): Promise<void> {
  const silent = await db.alone((transaction) =>
    sql<{ id: number }>`select mark_silent_workers(${options.staleMs}) as id`.execute(transaction),
  );
  for (const { id } of silent.rows) log.warn({ worker: id }, 'a worker is silent');
  const { rows: lost } = await db.alone((transaction) =>
    sql<{ execution: number; tenant: number }>`select execution, tenant from lost_executions()`.execute(transaction),
  );
  for (const { execution, tenant } of lost) {
    await db.inTenant(tenant, (transaction) => recover(transaction, tenant, execution, options));
    log.warn({ execution }, 'an execution lost its worker');
  }
}
