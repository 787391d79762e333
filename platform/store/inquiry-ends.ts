import type { LogType } from '../../contract/executions';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { Status } from '../../contract/status';
import { ringAdvance } from '../queue/ring';
import { asJson, now, type Transaction } from './database';
import type { ExecutionRow } from './execution-rows';
import type { InquiryRow } from './inquiry-rows';
import { append } from './log';
import { stoppedResult } from './stopped';

/** An inquiry and the execution it was asked for, both under their locks. */
export interface Held {
  readonly execution: ExecutionRow;
  readonly inquiry: InquiryRow;
}

/** The execution's row first, as everybody does who ends one. Null when there is no such inquiry. */
export async function lockInquiry(transaction: Transaction, id: number): Promise<Held | null> {
  const found = await transaction.selectFrom('inquiry').select('execution').where('id', '=', id).executeTakeFirst();
  if (!found) return null;
  const execution = await transaction
    .selectFrom('execution')
    .selectAll()
    .where('id', '=', found.execution)
    .forUpdate()
    .executeTakeFirst();
  const inquiry = await transaction
    .selectFrom('inquiry')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return execution && inquiry ? { execution, inquiry } : null;
}

/** Nothing but the answer of its inquiry ends it any more: it runs, and no process or worker of it is left. */
export const isWaiting = (execution: Pick<ExecutionRow, 'awaits' | 'worker' | 'status'>): boolean =>
  execution.awaits !== null && execution.worker === null && execution.status === 'running';

/** Still open, though nobody may answer it any more, by SQL's clock. */
export async function isOver(transaction: Transaction, { id, status }: InquiryRow): Promise<boolean> {
  if (status !== 'pending') return false;
  const over = transaction.selectFrom('inquiry').select('id').where('id', '=', id).where('timeout_at', '<=', now);
  return (await over.executeTakeFirst()) !== undefined;
}

export type InquiryEnd =
  | { readonly status: 'responded'; readonly response: Json }
  | { readonly status: 'timeout' }
  | { readonly status: 'cancelled' };

/** Ends a pending inquiry, and with it its execution if that waits for this very one. */
export async function endInquiry(
  transaction: Transaction,
  tenant: number,
  { execution, inquiry }: Held,
  end: InquiryEnd,
): Promise<InquiryRow> {
  const ended = await transaction
    .updateTable('inquiry')
    .set({ status: end.status, updated: now, ...changesOf(inquiry, end) })
    .where('id', '=', inquiry.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (execution.awaits === inquiry.id && isWaiting(execution)) await endAsking(transaction, tenant, execution, ended);
  return ended;
}

function changesOf({ default_response }: InquiryRow, end: InquiryEnd) {
  if (end.status === 'responded') return { response: asJson(end.response), responded_at: now };
  if (end.status === 'timeout' && default_response !== null) {
    return { response: asJson(default_response), defaulted: true };
  }
  return {};
}

const ENDED = {
  completed: 'EXECUTION_COMPLETED',
  timeout: 'EXECUTION_TIMED_OUT',
  cancelled: 'EXECUTION_CANCELLED',
} as const satisfies Partial<Record<Status, LogType>>;

/** Ends an execution as its inquiry, which is no longer pending, ended. Its workflow is rung for. */
export async function endAsking(
  transaction: Transaction,
  tenant: number,
  execution: ExecutionRow,
  inquiry: InquiryRow,
  printed: Json = isObject(execution.result) ? (execution.result.data ?? null) : null,
): Promise<void> {
  const { status, result } = endOf(inquiry);
  await transaction
    .updateTable('execution')
    .set({
      status,
      result: asJson({ ...result, ...(printed !== null && { data: printed }) }),
      timed_out: status === 'timeout',
      finished_at: now,
      updated: now,
    })
    .where('id', '=', execution.id)
    .execute();
  const { id, root, parent, workflow_execution } = execution;
  if (workflow_execution === null) await append(transaction, [{ root, execution: id, type: ENDED[status] }]);
  else if (parent !== null) await ringAdvance(transaction, tenant, parent);
}

function endOf({ id, status, response, defaulted }: InquiryRow): { status: keyof typeof ENDED; result: JsonObject } {
  if (status === 'responded' || defaulted) {
    const marked = defaulted ? { defaulted } : {};
    return {
      status: 'completed',
      result: { response, __inquiry_id: id, __inquiry_created_published: true, ...marked },
    };
  }
  if (status === 'timeout') {
    return { status: 'timeout', result: { error: 'inquiry timed out', __inquiry_id: id } };
  }
  const error = 'The inquiry it was waiting for was cancelled';
  return { status: 'cancelled', result: { succeeded: false, cancelled: true, error, __inquiry_id: id } };
}

/**
 * Ends a waiting execution that is asked to stop, at once; its inquiry is closed with it. `stoppedAfter`: the limit,
 * seconds, of the workflow that is over it; null: somebody cancelled.
 */
export async function cancelAsking(
  transaction: Transaction,
  execution: Pick<ExecutionRow, 'id' | 'awaits'>,
  error: string,
  stoppedAfter: number | null,
): Promise<ExecutionRow> {
  const told = { succeeded: false, cancelled: true, error, __inquiry_id: execution.awaits };
  const result = stoppedResult(told, stoppedAfter);
  return transaction
    .updateTable('execution')
    .set({ status: 'cancelled', result: asJson(result), finished_at: now, updated: now })
    .set({ timeout_level: stoppedAfter === null ? null : 'workflow' })
    .where('id', '=', execution.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
