import type { Transaction } from '../../store/database/connection';
import type { QueueRow } from '../../store/queues/queues';
import { ownerDenialReason } from '../events/rule-owner';

interface ActionName {
  readonly id: number;
  readonly ref: string;
  readonly pack_ref: string;
}

/** Why a queue may not execute its action on behalf of its owner; null where it may. */
export const queueDenialReason = (transaction: Transaction, queue: QueueRow, action: ActionName) =>
  ownerDenialReason(transaction, 'queue', { owner: queue.owner_identity, owner_gone: queue.owner_gone }, action);
