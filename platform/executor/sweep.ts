import { sql } from 'kysely';
import type { Logger } from 'pino';
import { openPackClearance } from '../packs/spent-files';
import { ringAdvance, ringDispatch } from '../queue/ring';
import type { Database } from '../store/database';
import type { Alarm } from './alarm';
import { expireInquiries } from './expire-inquiries';
import { removeSpentLogs } from './log-retention';
import { recover, type RecoveryPolicy } from './recovery';
import { endNeverPickedUp } from './unclaimed';

/** The longest sleep, ms: what others planned in the meantime comes no later than this. */
const PERIOD_MS = 500;
/** Between looks at dead workers, ms. */
const RECOVERY_MS = 500;
/** Between looks at what nobody picked up: a fifth of its limit, within these, ms. */
const MONITOR_MS = { least: 500, most: 60_000 };
/** Between looks at how much tables have grown, ms. */
const PLANS_MS = 500;
/** Between removals of keys that have expired, ms. */
const CLEARANCE_MS = 10_000;
/** Between looks at logs that were kept long enough, ms. */
const RETENTION_MS = 300_000;
/** Between looks at packs' files that nobody uses any more, ms. */
const PACKS_MS = 2_000;
/** How long a doorbell may take to be answered before it is rung again, ms. */
const PATIENCE_MS = 1_000;

export interface SweepOptions extends RecoveryPolicy {
  /** A worker is silent for too long after this, ms. */
  readonly staleMs: number;
  /** The platform's: `logs/` lies there. */
  readonly directory: string;
  /** An execution that was assigned and not picked up ends after this, ms. */
  readonly pickUpMs: number;
}

/** The one loop behind every doorbell: rings for what is due, and gives what dead workers held to others. Ends with `stop`. */
export async function sweep(
  db: Database,
  options: SweepOptions,
  alarm: Alarm,
  stop: AbortSignal,
  log: Logger,
): Promise<void> {
  const recovery = every(RECOVERY_MS);
  const plans = every(PLANS_MS);
  const clearance = every(CLEARANCE_MS);
  const retention = every(RETENTION_MS);
  const packs = every(PACKS_MS);
  const clearPacks = openPackClearance(db, log);
  const monitor = every(Math.min(MONITOR_MS.most, Math.max(MONITOR_MS.least, options.pickUpMs / 5)));
  while (!stop.aborted) {
    let sleepMs = PERIOD_MS;
    try {
      sleepMs = Math.min(PERIOD_MS, await ringOverdue(db), await expireInquiries(db, log));
      if (recovery()) await recoverLost(db, options, log);
      if (plans()) await refreshPlans(db);
      if (retention()) void removeSpentLogs(db, options.directory, log);
      if (packs()) clearPacks();
      if (clearance()) await removeExpiredKeys(db);
      if (monitor()) await endUnclaimed(db, options, log);
    } catch (error) {
      if (!stop.aborted) log.error({ err: error }, 'the scheduler loop met an error and goes on');
    }
    await alarm.sleep(sleepMs, stop);
  }
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

/** Rings for all that is due, and answers how long until the next is, ms. */
const ringOverdue = (db: Database): Promise<number> =>
  db.inNone(async (transaction) => {
    const { rows } = await sql<{ tenant: number | null; execution: number | null; next: number | null }>`
      select tenant, execution, null::double precision as next from overdue(${PATIENCE_MS})
      where execution is not null or tenant not in (select frozen_tenants())
      union all select tenant, execution, null from overdue_limits()
      union all select null, null, next_due_ms()`.execute(transaction);
    for (const { tenant, execution } of rows) {
      if (tenant === null) continue;
      if (execution === null) await ringDispatch(transaction, tenant);
      else await ringAdvance(transaction, tenant, execution);
    }
    return rows.find(({ tenant }) => tenant === null)?.next ?? PERIOD_MS;
  });

async function endUnclaimed(db: Database, { pickUpMs }: SweepOptions, log: Logger): Promise<void> {
  const ended = await endNeverPickedUp(db, pickUpMs);
  if (ended.length > 0) log.warn({ executions: ended }, 'executions were never picked up');
}

const removeExpiredKeys = (db: Database): Promise<unknown> =>
  db.inNone((transaction) => sql`select sweep_keys(), sweep_logins(), sweep_requests()`.execute(transaction));

const refreshPlans = (db: Database): Promise<unknown> =>
  db.inNone((transaction) => sql`select refresh_plans()`.execute(transaction));

async function recoverLost(db: Database, options: SweepOptions, log: Logger): Promise<void> {
  const lost = await db.inNone(async (transaction) => {
    const silent = await sql<{ id: number }>`select mark_silent_workers(${options.staleMs}) as id`.execute(transaction);
    for (const { id } of silent.rows) log.warn({ worker: id }, 'a worker is silent');
    const { rows } = await sql<{ execution: number; tenant: number }>`
      select execution, tenant from lost_executions()`.execute(transaction);
    return rows;
  });
  for (const { execution, tenant } of lost) {
    await db.inTenant(tenant, (transaction) => recover(transaction, tenant, execution, options));
    log.warn({ execution }, 'an execution lost its worker');
  }
}
