import type { Fault } from '../../fault';

/** Work queues: the order and number of their executions, acknowledgements, pending items. */
export const WORK_QUEUE_FAULTS: readonly Fault[] = [
  {
    id: 'F1568',
    promise: 'items of a higher priority are leased first',
    file: 'store/queues/dispatches.ts',
    within: 'lockReadyItems',
    find: `'desc'`,
    replace: `'asc'`,
    claims: ['S0-50'],
  },
  {
    id: 'F1569',
    promise: 'a queue runs no more executions than its concurrency',
    file: 'executor/queues/dispatch-queues.ts',
    within: 'leaseReady',
    find: 'tuning.concurrency - open',
    replace: 'tuning.concurrency - open + 1',
    claims: ['S0-50'],
  },
  {
    id: 'F1570',
    promise: 'an item is tried again as often as the retry limit allows',
    file: 'core/queue/acknowledgement.ts',
    within: 'effectiveStatus',
    find: 'attempts > retryLimit',
    replace: 'attempts >= retryLimit',
    claims: ['S0-51'],
  },
  {
    id: 'F1571',
    promise: 'a completed execution without an acknowledgement fails',
    file: 'store/queues/settle-items.ts',
    within: 'settleItems',
    find: `outcome.status !== 'completed'`,
    replace: 'true',
    claims: ['S0-51'],
  },
  {
    id: 'F1573',
    promise: 'a closed queue accepts no items',
    file: 'api/queues/queue-items.ts',
    within: 'enqueue',
    find: '!queue.accepting_new_items',
    replace: 'false',
    claims: ['S0-52'],
  },
  {
    id: 'F1574',
    promise: 'an item that was processed is not changed',
    file: 'store/queues/items.ts',
    within: 'isPending',
    find: `status === 'queued' || status === 'retry'`,
    replace: 'true',
    claims: ['S0-52'],
  },
];
