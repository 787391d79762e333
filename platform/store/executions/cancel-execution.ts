import type { Execution } from '../../../contract/executions';
import { isTerminal, WITHOUT_PROCESS } from '../../../contract/status';
import { DomainError } from '../../base/domain-error';
import { now, type Transaction } from '../database/connection';
import { notifyWorker, notifyWorkflow } from '../database/notify';
import { cancelSuspended, isSuspended } from '../inquiries/end-inquiry';
import { toExecution, type ExecutionRow } from '../lifecycle/execution-rows';
import { transition } from '../lifecycle/lifecycle';
import type { TransitionEntry } from '../lifecycle/transition-sql';
import { findExecutionRow } from './executions';

const CANCELLED_BY_USER = 'Execution cancelled by user';

/**
 * Cancels an execution. Not started, or suspended: `cancelled` at once. Running or paused:
 * `canceling`, and its worker, or the engine of a workflow, is notified. Already canceling:
 * nothing changes.
 * NOT_FOUND; CONFLICT once it has ended.
 */
export async function cancelExecution(transaction: Transaction, id: number): Promise<Execution> {
  const row = await transaction.selectFrom('execution').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new DomainError('NOT_FOUND', `Execution ${id} not found`);
  if (row.status === 'canceling') return toExecution(transaction, row);
  if (isTerminal(row.status)) {
    throw new DomainError('CONFLICT', `Execution ${id} has already ended: it is ${row.status}`, { status: row.status });
  }
  await cancelLocked(transaction, row);
  return toExecution(transaction, (await findExecutionRow(transaction, id))!);
}

async function cancelLocked(transaction: Transaction, row: ExecutionRow): Promise<void> {
  const { id, status, worker } = row;
  const log: TransitionEntry[] = [{ type: 'CANCEL_REQUESTED', payload: { from: status } }];
  const change = { log, columns: { termination_reason: 'stop_requested' } } as const;
  if (WITHOUT_PROCESS.includes(status)) {
    const error = status === 'suspended' ? CANCELLED_BY_USER : 'Cancelled by user before execution started';
    await transition(transaction, id, 'cancelled', { result: { error }, ...change });
  } else if (isSuspended(row)) {
    await cancelSuspended(transaction, row, CANCELLED_BY_USER, change);
  } else {
    await transition(transaction, id, 'canceling', change);
    if (worker !== null) await notifyWorker(transaction, { worker, cancel: id });
    else await requestWorkflowCancel(transaction, row.tenant, id, null);
  }
}

/**
 * Records a cancel request on a running workflow and notifies its engine. `policy`: the top
 * workflow's; null: its own.
 */
export async function requestWorkflowCancel(
  transaction: Transaction,
  tenant: number,
  execution: number,
  policy: string | null,
): Promise<void> {
  await transaction
    .updateTable('workflow_execution')
    .set({ cancel_requested: true, cancel_policy: policy, updated: now })
    .where('execution', '=', execution)
    .execute();
  await notifyWorkflow(transaction, tenant, execution);
}
