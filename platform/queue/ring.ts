import { sql } from 'kysely';
import type { Transaction } from '../store/database';

/** The channel executors listen on; what they hear is a Ring. */
export const RING_CHANNEL = 'tuningfork_ring';

/** What a ring carries: ids, and the row decides what there is to do. Without an execution: the tenant's requested ones. */
export interface Ring {
  readonly tenant: number;
  readonly execution?: number;
}
export type DispatchJob = Pick<Ring, 'tenant'>;
export type AdvanceJob = Required<Ring>;

/**
 * Heard when the transaction that rings commits. No row of the queue stands for it: all who make executions of a tenant, or
 * end items of a list, would wait for each other there.
 */
const ring = (transaction: Transaction, carried: Ring): Promise<unknown> =>
  sql`select pg_notify(${RING_CHANNEL}, ${JSON.stringify(carried)})`.execute(transaction);

/** Rings for a tenant's requested executions, in the transaction that made them so. */
export const ringDispatch = (transaction: Transaction, tenant: number): Promise<unknown> =>
  ring(transaction, { tenant });

/** Rings for a workflow with something to take into account: an ended child, a cancel. */
export const ringAdvance = (transaction: Transaction, tenant: number, execution: number): Promise<unknown> =>
  ring(transaction, { tenant, execution });

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
