import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { ringAdvance, ringDispatch } from '../queue/ring';
import type { Database } from '../store/database';
import { recover, type RecoveryPolicy } from './recovery';

/** How often due times are looked for, ms: the most a retry comes late on an idle platform. */
const PERIOD_MS = 100;
/** Looks at due times for each look at dead workers. */
const ROUNDS_PER_RECOVERY = 5;
/** How long a doorbell may take to be answered before it is rung again, ms. */
const PATIENCE_MS = 1_000;

export interface SweepOptions extends RecoveryPolicy {
  /** A worker is silent for too long after this, ms. */
  readonly staleMs: number;
}

/** The one loop behind every doorbell: rings for what is due, and gives what dead workers held to others. Ends with `stop`. */
export async function sweep(db: Database, options: SweepOptions, stop: AbortSignal, log: Logger): Promise<void> {
  for (let round = 0; !stop.aborted; round++) {
    try {
      await ringOverdue(db);
      if (round % ROUNDS_PER_RECOVERY === 0) await recoverLost(db, options, log);
    } catch (error) {
      if (!stop.aborted) log.error({ err: error }, 'the scheduler loop met an error and goes on');
    }
    await pause(PERIOD_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

const ringOverdue = (db: Database): Promise<void> =>
  db.inNone(async (transaction) => {
    const { rows } = await sql<{ tenant: number; execution: number | null }>`
      select tenant, execution from overdue(${PATIENCE_MS})`.execute(transaction);
    for (const { tenant, execution } of rows) {
      if (execution === null) await ringDispatch(transaction, tenant);
      else await ringAdvance(transaction, tenant, execution);
    }
  });

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
