import { withErrorSubject } from '../../base/error-subject';
import type { Database, Transaction } from '../../store/database/connection';
import { isDatabaseUnusable } from '../../store/database/lost-connection';
import { notifyDispatch, notifyWorkflow, type DispatchJob } from '../../store/database/notify';
import type { RowIsolation } from '../../store/database/row-isolation';
import { LeaseHeld } from '../../store/executions/coordinator-lease';
import { StateTooLarge } from '../../store/executions/item-results';
import { advanceLocked, MAX_LOCKED_MS, type AdvanceOptions, type Wakeup } from './advance';
import { Dispatcher, dispatchRequested } from '../dispatch/dispatch';
import { BATCH, lockRequested, requestedExcept } from '../dispatch/requested-executions';

export interface BatchOptions extends AdvanceOptions {
  /** Called before the batch is dispatched without steps. */
  onBatchFailed(error: unknown): void;
  /** Called for each execution that could not be dispatched. */
  onExecutionFailed(error: unknown): void;
  /** Of the executions of all tenants. */
  readonly isolation: RowIsolation;
}

/**
 * As `dispatchRequested`, and does the first step of each workflow in the same transaction, which
 * saves its notification and a second transaction. Where a step fails, the batch is dispatched
 * without steps, and where that fails, each execution by itself: one must not keep the others from
 * their start. `wakeup`: as for `advanceWorkflow`.
 */
export const dispatchAndAdvance =
  (db: Database, options: BatchOptions, wakeup: Wakeup) =>
  async (job: DispatchJob): Promise<void> => {
    const failed = options.isolation.failedIds(job.tenant, 'execution');
    await dispatchEach(db, job, options, failed);
    let nextDueAt: number;
    try {
      nextDueAt = await db.inTenant(job.tenant, (transaction) => dispatchWithSteps(transaction, job, options, failed));
    } catch (error) {
      if (isDatabaseUnusable(error)) throw error;
      if (!isHandledLater(error)) options.onBatchFailed(error);
      await dispatchWithoutSteps(db, job, options, failed);
      return;
    }
    if (nextDueAt < Infinity) wakeup.scheduleIn(nextDueAt - performance.now());
  };

async function dispatchWithoutSteps(
  db: Database,
  job: DispatchJob,
  options: BatchOptions,
  failed: readonly number[],
): Promise<void> {
  try {
    await dispatchRequested(db, options.staleMs)(job, failed);
  } catch (error) {
    if (isDatabaseUnusable(error)) throw error;
    const filter = requestedExcept(failed);
    const batch = await db.inTenant(job.tenant, (transaction) => lockRequested(transaction, filter));
    const executions = batch.map(({ id }) => id);
    await dispatchEach(db, job, options, executions);
    if (batch.length === BATCH) await db.singleStatement((transaction) => notifyDispatch(transaction, job.tenant));
  }
}

/** Each in a transaction of its own, unless its retry is not due. */
async function dispatchEach(
  db: Database,
  { tenant }: DispatchJob,
  { staleMs, isolation, onExecutionFailed }: BatchOptions,
  executions: readonly number[],
): Promise<void> {
  await isolation.runEach(
    executions,
    (execution) => ({ tenant, execution }),
    (execution) =>
      db.inTenant(tenant, (transaction) => new Dispatcher(transaction, tenant, staleMs).dispatchOne(execution)),
    onExecutionFailed,
  );
}

/** `advanceWorkflow` does what follows from it. */
const isHandledLater = (error: unknown): boolean => error instanceof LeaseHeld || error instanceof StateTooLarge;

/** Returns when the earliest planned retry or deadline is due, monotonic ms, or infinity. */
async function dispatchWithSteps(
  transaction: Transaction,
  { tenant }: DispatchJob,
  { executor, staleMs }: AdvanceOptions,
  except: readonly number[],
): Promise<number> {
  const dispatcher = new Dispatcher(transaction, tenant, staleMs);
  const started = await dispatcher.dispatchAll(except);
  const untilMs = performance.now() + MAX_LOCKED_MS;
  let nextDueAt = Infinity;
  for (const execution of started) {
    if (performance.now() > untilMs) await notifyWorkflow(transaction, tenant, execution);
    else
      nextDueAt = Math.min(
        nextDueAt,
        (await withErrorSubject({ execution }, () =>
          advanceLocked(transaction, { tenant, execution }, executor, dispatcher),
        )) ?? Infinity,
      );
  }
  return nextDueAt;
}
