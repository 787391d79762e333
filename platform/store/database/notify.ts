import { sql, type RawBuilder } from 'kysely';
import type { Transaction } from './connection';
import { writeJson } from '../../../contract/json-text/write-json';

/** The channel that executors listen on; its payloads are of type DispatchNotification. */
export const DISPATCH_CHANNEL = 'tuningfork_dispatch';

/**
 * Carries ids only: the receiver reads the row to decide what to do. Without `execution` it is
 * about the tenant's requested executions.
 */
export interface DispatchNotification {
  readonly tenant: number;
  readonly execution?: number;
}
export type DispatchJob = Pick<DispatchNotification, 'tenant'>;
export type AdvanceJob = Required<DispatchNotification>;

/**
 * Sent when the transaction commits. A row per tenant instead would make all transactions that
 * create executions of a tenant, or end items of a list, wait for each other on it.
 */
const notifyExecutors = (transaction: Transaction, payload: DispatchNotification): Promise<unknown> =>
  sql`select ${executorNotification(payload)}`.execute(transaction);

const executorNotification = (payload: DispatchNotification): RawBuilder<unknown> =>
  sql`pg_notify(${DISPATCH_CHANNEL}, ${writeJson(payload)})`;

/** Notifies the executors of a tenant's requested executions. */
export const notifyDispatch = (transaction: Transaction, tenant: number): Promise<unknown> =>
  notifyExecutors(transaction, { tenant });

/** The same notification as an expression, for the statement that requests. */
export const dispatchNotification = (tenant: number): RawBuilder<unknown> => executorNotification({ tenant });

/** Sent on the same channel: a work queue may have something to lease. */
export const QUEUES_CHANGED = '{"queues":true}';

/** Notifies the executors, on commit, of work queues. */
export const notifyQueues = (transaction: Transaction): Promise<unknown> =>
  sql`select pg_notify(${DISPATCH_CHANNEL}, ${QUEUES_CHANGED})`.execute(transaction);

/**
 * Notifies the executors of a workflow that has something to process: an ended child, a cancel.
 */
export const notifyWorkflow = (transaction: Transaction, tenant: number, execution: number): Promise<unknown> =>
  notifyExecutors(transaction, { tenant, execution });

/** The same notification as an expression, for a statement whose rows name the workflow. */
export const workflowNotification = (
  tenant: RawBuilder<unknown>,
  execution: RawBuilder<unknown>,
): RawBuilder<unknown> =>
  sql`pg_notify(${DISPATCH_CHANNEL}, format('{"tenant":%s,"execution":%s}', ${tenant}, ${execution}))`;

/** Sent on the same channel: a timer is due before the next regular run of the timers. */
export const TIMERS_CHANGED = '{"timers":true}';

/** Sent on the same channel, and on CLOCK_CHANNEL: a clock is, or is to be, moved. */
export const CLOCKS_CHANGED = '{"clock":true}';

/** The channel of processes that keep what the clocks of tenants show. */
export const CLOCK_CHANNEL = 'tuningfork_clock';

/** Notifies the executors, on commit, of timers. */
export const notifyTimers = (transaction: Transaction): Promise<unknown> =>
  sql`select pg_notify(${DISPATCH_CHANNEL}, ${TIMERS_CHANGED})`.execute(transaction);

/** The channel that workers listen on. */
export const WORKER_CHANNEL = 'tuningfork_worker';

/** Sent by a trigger on the same channel: a managed worker of a tenant has another state. */
export const WORKER_STATE_CHANGED = '{"states": true}';

/** Notifies all workers, on commit, that environments are to be built. */
export const notifyEnvironmentBuilders = (transaction: Transaction): Promise<unknown> =>
  sql`select pg_notify(${WORKER_CHANNEL}, '{"environments": true}')`.execute(transaction);

/** Notifies all workers, on commit, that tests of packs are to be run. */
export const notifyPackTesters = (transaction: Transaction): Promise<unknown> =>
  sql`select pg_notify(${WORKER_CHANNEL}, '{"packTests": true}')`.execute(transaction);

/**
 * Notifies a worker, on commit, of an assigned execution, of one to cancel, or of one whose limit
 * has passed by the clock of its tenant.
 */
export const notifyWorker = (
  transaction: Transaction,
  message: { worker: number; cancel?: number; limit?: number },
): Promise<unknown> => sql`select pg_notify(${WORKER_CHANNEL}, ${writeJson(message)})`.execute(transaction);

/** The channel of executors that deliver to the agents of external workers. */
export const PUSH_CHANNEL = 'tuningfork_push';

/** Notifies them, on commit, of an execution to deliver. */
export const notifyPush = (transaction: Transaction): Promise<unknown> =>
  sql`select pg_notify(${PUSH_CHANNEL}, '')`.execute(transaction);
