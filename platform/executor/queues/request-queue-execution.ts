import { isObject, type Json, type JsonObject } from '../../../contract/json';
import type { QueueConfig } from '../../core/queue/queue-config';
import { ParameterFault, ParametersTooLarge, resolveParameters } from '../../core/rule-parameters/resolve-parameters';
import { SYSTEM_LIMIT } from '../../base/limits';
import type { Transaction } from '../../store/database/connection';
import { findSystemIdentity } from '../../store/events/rules';
import type { ActionToExecute } from '../../store/executions/executions';
import { requestExecution, type Chain } from '../../store/executions/new-execution';
import { isAuthor } from '../../store/executions/permission-limit';
import { failItems, insertDispatch, leaseItems } from '../../store/queues/dispatches';
import type { QueueItemRow } from '../../store/queues/items';
import type { QueueRow } from '../../store/queues/queues';
import { processLoopAlert } from '../events/process-event';
import { rejectRequest } from '../requests/request-execution';

/** What a lease lasts beyond the time limit of an execution, s. */
const LEASE_MARGIN_SECONDS = 60;

interface QueueRequest {
  readonly tenant: number;
  readonly queue: QueueRow;
  readonly action: ActionToExecute;
  readonly config: QueueConfig;
  /** Of the queue's pack. */
  readonly packConfig: JsonObject;
  /** Locked; at least one. */
  readonly items: readonly QueueItemRow[];
}

/**
 * Requests one execution for items, and leases them to it. Items with which an expression of the
 * parameters has a fault fail with its message, and so do the deepest where they are too deep in
 * their chain of causes: false, as nothing is requested.
 */
export async function requestQueueExecution(transaction: Transaction, request: QueueRequest): Promise<boolean> {
  const { tenant, queue, action, items } = request;
  const parameters = resolvedParameters(request);
  if (typeof parameters === 'string') {
    await failItems(transaction, items, parameters);
    return false;
  }
  const executor = queue.owner_identity ?? (await findSystemIdentity(transaction));
  const checked = { tenant, action, executor, origin: deepestChain(items), parameters };
  const rejected = await rejectRequest(transaction, 'queue', { ...checked, secrets: null }, processLoopAlert);
  if (rejected !== null) {
    const tooDeep = items.filter(({ causation_depth }) => causation_depth === checked.origin.causation_depth);
    await failItems(transaction, tooDeep, `${rejected.code}: ${rejected.error}`);
    return false;
  }
  const dispatch = await insertDispatch(transaction, queue.id, items.length);
  const execution = await requestExecution(transaction, {
    ...checked,
    origin: { ...checked.origin, queue_dispatch: dispatch },
    isAuthoredByExecutor: isAuthor(executor, queue.saved_by),
    ...(queue.permission_set_refs && { permission_set_refs: queue.permission_set_refs }),
    permissionLimit: queue.permission_limit,
  });
  const leaseSeconds = SYSTEM_LIMIT.seconds + LEASE_MARGIN_SECONDS;
  await leaseItems(transaction, items, { dispatch, execution: execution.id, leaseSeconds });
  return true;
}

/** The parameters, or the message of the first fault. */
function resolvedParameters(request: QueueRequest): JsonObject | string {
  try {
    return queueParameters(request);
  } catch (error) {
    if (error instanceof ParameterFault || error instanceof ParametersTooLarge) return `QUEUE_BROKEN: ${error.message}`;
    throw error;
  }
}

/** Of items that different chains have caused, the deepest one limits what follows. */
function deepestChain(items: readonly QueueItemRow[]): Partial<Chain> {
  const [deepest] = [...items].sort((one, other) => other.causation_depth - one.causation_depth);
  const { correlation_id, causation_depth } = deepest!;
  return correlation_id === null ? {} : { correlation_id, causation_depth };
}

/** The rendered `action_params`; without any, the payload of the item, or those of the items. */
function queueParameters({ queue, config, packConfig, items }: QueueRequest): JsonObject {
  const payloads = items.map(({ payload }) => payload);
  if (Object.keys(queue.action_params).length === 0) return defaultParameters(queue, payloads);
  const queueItems = items.map(queueItem);
  const single = queue.batch_mode === 'single' && { item: payloads[0]!, queue_item: queueItems[0]! };
  const values: JsonObject = {
    queue: {
      id: queue.id,
      ref: queue.ref,
      batch_mode: queue.batch_mode,
      leased_item_count: items.length,
      ack_contract_version: config.ackVersion,
    },
    items: payloads,
    queue_items: queueItems,
    ...single,
    config: packConfig,
  };
  return resolveParameters(queue.action_params, { values, secrets: null }).parameters;
}

function defaultParameters({ batch_mode }: QueueRow, payloads: Json[]): JsonObject {
  if (batch_mode === 'batch') return { items: payloads };
  const [payload = null] = payloads;
  return isObject(payload) ? payload : { item: payload };
}

const queueItem = (item: QueueItemRow): JsonObject => ({
  id: item.id,
  item_key: item.item_key,
  priority: item.priority,
  payload: item.payload,
  metadata: item.metadata,
  enqueue_source: item.enqueue_source,
  attempt_count: item.attempt_count + 1,
  requested_by_identity: item.requested_by_identity,
  requested_by_execution: item.requested_by_execution,
  requested_by_enforcement: item.requested_by_enforcement,
});
