import { sql } from 'kysely';
import type { Transaction } from '../store/database';

/** What a job carries: an id, and the tenant whose row it is. The row decides what there is to do. */
export interface DispatchJob {
  readonly tenant: number;
}
export interface AdvanceJob {
  readonly tenant: number;
  readonly execution: number;
}

/** Rings for a tenant's requested executions, in the transaction that made them so. Rung twice, it runs once. */
export const ringDispatch = (transaction: Transaction, tenant: number): Promise<unknown> =>
  sql`select ring('dispatch', ${JSON.stringify({ tenant } satisfies DispatchJob)}, ${`dispatch:${tenant}`})`.execute(
    transaction,
  );

/** Rings for a workflow with something to take into account: an ended child, a cancel. */
export const ringAdvance = (transaction: Transaction, tenant: number, execution: number): Promise<unknown> =>
  sql`select ring('advance', ${JSON.stringify({ tenant, execution } satisfies AdvanceJob)}, ${`advance:${execution}`})`.execute(
    transaction,
  );

/** The channel workers listen on. */
export const WORKER_CHANNEL = 'tuningfork_worker';

/** Tells all workers, on commit, that environments are to be built. */
export const tellBuilders = (transaction: Transaction): Promise<unknown> =>
  sql`select pg_notify(${WORKER_CHANNEL}, '{"environments": true}')`.execute(transaction);

/** Tells a worker, on commit, that it was assigned something, or is to stop an execution. */
export const tellWorker = (transaction: Transaction, word: { worker: number; cancel?: number }): Promise<unknown> =>
  sql`select pg_notify(${WORKER_CHANNEL}, ${JSON.stringify(word)})`.execute(transaction);
