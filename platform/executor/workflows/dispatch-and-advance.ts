import { withErrorSubject } from '../../base/error-subject';
import type { Database, Transaction } from '../../store/database/connection';
import { notifyWorkflow, type DispatchJob } from '../../store/database/notify';
import { LeaseHeld } from '../../store/executions/coordinator-lease';
import { StateTooLarge } from '../../store/executions/item-results';
import { advanceLocked, MAX_LOCKED_MS, type AdvanceOptions, type Wakeup } from './advance';
import { Dispatcher, dispatchRequested } from '../dispatch/dispatch';

export interface BatchOptions extends AdvanceOptions {
  /** Called before the batch is dispatched without steps. */
  onBatchFailed(error: unknown): void;
}

/**
 * As `dispatchRequested`, and does the first step of each workflow in the same transaction, which
 * saves its notification and a second transaction. Where a step fails, the batch is dispatched
 * without steps: one workflow must not keep the others from their start. `wakeup`: as for
 * `advanceWorkflow`.
 */
export const dispatchAndAdvance =
  (db: Database, options: BatchOptions, wakeup: Wakeup) =>
  async (job: DispatchJob): Promise<void> => {
    let nextDueAt: number;
    try {
      nextDueAt = await db.inTenant(job.tenant, (transaction) => dispatchWithSteps(transaction, job, options));
    } catch (error) {
      if (!isHandledLater(error)) options.onBatchFailed(error);
      await dispatchRequested(db, options.staleMs)(job);
      return;
    }
    if (nextDueAt < Infinity) wakeup.scheduleIn(nextDueAt - performance.now());
  };

/** `advanceWorkflow` does what follows from it. */
const isHandledLater = (error: unknown): boolean => error instanceof LeaseHeld || error instanceof StateTooLarge;

/** Returns when the earliest planned retry or deadline is due, monotonic ms, or infinity. */
async function dispatchWithSteps(
  transaction: Transaction,
  { tenant }: DispatchJob,
  { executor, staleMs }: AdvanceOptions,
): Promise<number> {
  const dispatcher = new Dispatcher(transaction, tenant, staleMs);
  const started = await dispatcher.dispatchAll();
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
