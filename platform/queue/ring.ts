import { sql } from 'kysely';
import type { Transaction } from '../store/database';

/** What a job carries: an id, and the tenant whose row it is. The row decides what there is to do. */
export interface AdvanceJob {
  readonly tenant: number;
  readonly execution: number;
}

/** The channel executors listen on: each notification is the id of a tenant. */
export const DISPATCH_CHANNEL = 'tuningfork_dispatch';

/**
 * Rings for a tenant's requested executions, heard when the transaction that made them so commits. No row of the queue
 * stands for it: all who make executions at once would wait for each other there.
 */
export const ringDispatch = (transaction: Transaction, tenant: number): Promise<unknown> =>
  sql`select pg_notify(${DISPATCH_CHANNEL}, ${String(tenant)})`.execute(transaction);

/** Rings for a workflow with something to take into account: an ended child, a cancel. */
export const ringAdvance = (transaction: Transaction, tenant: number, execution: number): Promise<unknown> =>
  sql`select ring('advance', ${JSON.stringify({ tenant, execution } satisfies AdvanceJob)}, ${`advance:${execution}`})`.execute(
    transaction,
  );

/** Wakes the timers of one executor: something was planned that is due before they look by themselves. */
export const ringTimers = (transaction: Transaction): Promise<unknown> =>
  sql`select ring('timers', '{}', 'timers')`.execute(transaction);

/** The channel workers listen on. */
export const WORKER_CHANNEL = 'tuningfork_worker';

/** Tells all workers, on commit, that environments are to be built. */
export const tellBuilders = (transaction: Transaction): Promise<unknown> =>
  sql`select pg_notify(${WORKER_CHANNEL}, '{"environments": true}')`.execute(transaction);

/** Tells a worker, on commit, that it was assigned something, or is to stop an execution. */
export const tellWorker = (transaction: Transaction, word: { worker: number; cancel?: number }): Promise<unknown> =>
  sql`select pg_notify(${WORKER_CHANNEL}, ${JSON.stringify(word)})`.execute(transaction);
