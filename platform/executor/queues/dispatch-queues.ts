import type { Logger } from 'pino';
import { chooseItems } from '../../core/queue/lease-batch';
import { parseQueueConfig, type QueueConfig } from '../../core/queue/queue-config';
import type { JsonObject } from '../../../contract/json';
import type { DispatchTuning } from '../../../contract/queues';
import type { Database, Transaction } from '../../store/database/connection';
import { RowIsolation } from '../../store/database/row-isolation';
import { findActionToExecute, type ActionToExecute } from '../../store/executions/executions';
import { packConfigOf, resolveDispatchTuning, type PackConfig } from '../../store/queues/dispatch-tuning';
import {
  countOpenDispatches,
  isDelayed,
  isDrained,
  listDueQueues,
  lockQueue,
  lockReadyItems,
  markDrained,
  markStarted,
  type DueQueue,
} from '../../store/queues/dispatches';
import type { QueueRow } from '../../store/queues/queues';
import { checkSource } from '../requests/request-execution';
import { emitQueueEvent } from './queue-event';
import { requestQueueExecution } from './request-queue-execution';
import { undeclaredSecretsOf } from './undeclared-secrets';

/** Without a notification. */
const POLL_MS = 60_000;
/** Executions that one transaction requests. */
const MAX_EXECUTIONS = 50;
/** Ready items among which those of one group are found. */
const COALESCING_WINDOW = 1_000;

/**
 * Requests executions for the items of all queues, as far as their settings allow. Returns ms
 * until the next time; 0 where there may be more to do at once.
 */
export async function dispatchQueues(db: Database, log: Logger, isolation = new RowIsolation()): Promise<number> {
  const hasMore = await isolation.runEach(
    await listDueQueues(db),
    ({ queue }) => ({ queue }),
    (due) => db.inTenant(due.tenant, (transaction) => dispatchQueue(transaction, due)),
    (error) => log.error({ err: error }, 'could not dispatch a work queue'),
  );
  return hasMore.includes(true) ? 0 : POLL_MS;
}

/** Whether the queue may request more at once. Nothing happens where another executor holds it. */
async function dispatchQueue(transaction: Transaction, { queue: id, tenant }: DueQueue): Promise<boolean> {
  const queue = await lockQueue(transaction, id);
  if (queue === null) return false;
  if (queue.started && (await isDrained(transaction, id))) {
    await markDrained(transaction, id);
    await emitQueueEvent(transaction, tenant, queue, 'core.queue_empty');
    return false;
  }
  if (!queue.enabled || (await isDelayed(transaction, queue))) return false;
  const action = await findActionToExecute(transaction, queue.dispatch_action_ref);
  if (action === null) return false;
  const owned = { owner: queue.owner_identity, owner_gone: queue.owner_gone };
  if ((await checkSource(transaction, { type: 'queue', owned }, action)) !== null) return false;
  const packConfig = await packConfigOf(transaction, queue.pack);
  if (undeclaredSecretsOf(transaction, queue, packConfig.conf_schema, action.paramSchema).length > 0) return false;
  return leaseReady(transaction, tenant, queue, action, packConfig);
}

async function leaseReady(
  transaction: Transaction,
  tenant: number,
  queue: QueueRow,
  action: ActionToExecute,
  ofPack: PackConfig,
): Promise<boolean> {
  const config = parseQueueConfig(queue.config, queue.batch_mode);
  const tuning = await resolveDispatchTuning(transaction, queue, { config, packConfig: ofPack });
  const open = await countOpenDispatches(transaction, queue.id);
  const free = Math.min(tuning.concurrency - open, config.delaySeconds > 0 ? 1 : MAX_EXECUTIONS);
  let requested = 0;
  let failed = 0;
  const work = { tenant, queue, action, config, packConfig: ofPack.config, tuning };
  while (requested < free && failed < MAX_EXECUTIONS) {
    const isRequested = await requestNext(transaction, work);
    if (isRequested === null) break;
    if (isRequested) requested++;
    else failed++;
    if (!queue.started && isRequested && requested === 1)
      await emitQueueEvent(transaction, tenant, queue, 'core.queue_started');
  }
  if (requested === 0) return failed === MAX_EXECUTIONS;
  await markStarted(transaction, queue.id, config.delaySeconds);
  return requested === MAX_EXECUTIONS || failed === MAX_EXECUTIONS;
}

interface QueueWork {
  readonly tenant: number;
  readonly queue: QueueRow;
  readonly action: ActionToExecute;
  readonly config: QueueConfig;
  readonly packConfig: JsonObject;
  readonly tuning: DispatchTuning;
}

/** Whether an execution was requested, or its items have failed; null: no item is ready. */
async function requestNext(transaction: Transaction, work: QueueWork): Promise<boolean | null> {
  const { queue, config, tuning } = work;
  const window = config.coalescing === null ? tuning.batch_size : Math.max(tuning.batch_size, COALESCING_WINDOW);
  const ready = await lockReadyItems(transaction, queue.id, window);
  const items = chooseItems(ready, tuning.batch_size, config.coalescing);
  if (items.length === 0) return null;
  return requestQueueExecution(transaction, { ...work, items });
}
