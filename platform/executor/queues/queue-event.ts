import { readClock, withUtcOffset, type Transaction } from '../../store/database/connection';
import { eventChain } from '../../store/events/events';
import { findTrigger } from '../../store/events/triggers';
import { findLastDispatch } from '../../store/queues/dispatches';
import type { QueueRow } from '../../store/queues/queues';
import { processEvent } from '../events/process-event';

/**
 * Stores the event of a queue that started or has become empty, and evaluates its rules. It
 * continues the chain of the last dispatch: a rule that refills the queue is in a loop.
 */
export async function emitQueueEvent(
  transaction: Transaction,
  tenant: number,
  queue: QueueRow,
  type: 'core.queue_started' | 'core.queue_empty',
): Promise<void> {
  const trigger = await findTrigger(transaction, type);
  if (!trigger?.enabled) return;
  const dispatch = await findLastDispatch(transaction, queue.id);
  await processEvent(transaction, tenant, {
    trigger,
    config: null,
    source: null,
    sourceRef: 'queue',
    rule: null,
    ...eventChain(dispatch),
    payload: {
      event_type: type.slice('core.'.length),
      queue_id: queue.id,
      queue_ref: queue.ref,
      pack_ref: queue.pack_ref,
      dispatch_id: dispatch?.id ?? null,
      execution_id: dispatch?.execution ?? null,
      dispatch_action_ref: queue.dispatch_action_ref,
      leased_item_count: dispatch?.leased_item_count ?? 0,
      observed_at: withUtcOffset(await readClock(transaction)),
    },
  });
}
