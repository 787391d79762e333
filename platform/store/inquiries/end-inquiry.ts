import { isObject, type Json, type JsonObject } from '../../../contract/json';
import type { Status } from '../../../contract/status';
import { asJson, now, type Transaction } from '../database/connection';
import type { ExecutionRow } from '../lifecycle/execution-rows';
import { responseTaint, type InquiryRow } from './inquiry-rows';
import { taintFromMembers } from '../../core/secrets/taint';
import { resealResult } from '../secrets/seal-state';
import { cancellation } from '../lifecycle/cancelled-result';
import { transition } from '../lifecycle/lifecycle';
import type { Change } from '../lifecycle/transition-sql';

/** An inquiry and its execution, both locked. */
export interface LockedInquiry {
  readonly execution: ExecutionRow;
  readonly inquiry: InquiryRow;
}

/**
 * Locks the execution's row first, as every writer does. Null where the inquiry does not exist.
 */
export async function lockInquiry(transaction: Transaction, id: number): Promise<LockedInquiry | null> {
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

/** Columns that decide whether an execution is suspended, and how it ends then. */
export type Suspendable = Pick<ExecutionRow, 'status' | 'worker' | 'awaits' | 'result'>;

/** It runs without a process or worker: only its inquiry or a cancel ends it. */
export const isSuspended = (execution: Omit<Suspendable, 'result'>): boolean =>
  execution.awaits !== null && execution.worker === null && execution.status === 'running';

/** Whether it is pending although its timeout has passed, by SQL's clock. */
export async function isInquiryExpired(transaction: Transaction, { id, status }: InquiryRow): Promise<boolean> {
  if (status !== 'pending') return false;
  const expired = transaction.selectFrom('inquiry').select('id').where('id', '=', id).where('timeout_at', '<=', now);
  return (await expired.executeTakeFirst()) !== undefined;
}

export type InquiryEnd =
  | { readonly status: 'responded'; readonly response: Json }
  | { readonly status: 'timeout' }
  | { readonly status: 'cancelled' };

/** Ends a pending inquiry, and its execution where that is suspended on it. */
export async function endInquiry(
  transaction: Transaction,
  { execution, inquiry }: LockedInquiry,
  end: InquiryEnd,
): Promise<InquiryRow> {
  const ended = await transaction
    .updateTable('inquiry')
    .set({ status: end.status, updated: now, ...endColumns(inquiry, end) })
    .where('id', '=', inquiry.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (execution.awaits === inquiry.id && isSuspended(execution)) await endSuspended(transaction, execution, ended);
  return ended;
}

function endColumns({ default_response }: InquiryRow, end: InquiryEnd) {
  if (end.status === 'responded') return { response: asJson(end.response), responded_at: now };
  if (end.status === 'timeout' && default_response !== null) {
    return { response: asJson(default_response), defaulted: true };
  }
  return {};
}

const outputOf = ({ result }: Pick<ExecutionRow, 'result'>): Json => (isObject(result) ? (result.data ?? null) : null);

/** Keeps the output of a program that suspended its execution. */
const withOutput = (result: JsonObject, output: Json): JsonObject => ({
  ...result,
  ...(output !== null && { data: output }),
});

/** Ends a suspended execution as its inquiry, which is no longer pending, ended. */
export async function endSuspended(
  transaction: Transaction,
  execution: ExecutionRow,
  inquiry: InquiryRow,
  output: Json = outputOf(execution),
): Promise<void> {
  const { status, result } = executionEnd(inquiry);
  const { response_schema: schema, response } = inquiry;
  const declared = 'response' in result ? responseTaint(schema, response) : null;
  const taint = taintFromMembers([['response', declared]]);
  const sealed = resealResult(transaction, execution, withOutput(result, output), taint);
  await transition(transaction, execution.id, status, {
    result: sealed.result,
    columns: { result_secrets: sealed.result_secrets },
    timeoutLevel: status === 'timeout' && isLimitOf(execution, inquiry) ? execution.timeout_level : null,
  });
}

/** Whether the limit of the execution has passed, and not a shorter lifetime of the inquiry. */
const isLimitOf = ({ timeout_seconds }: ExecutionRow, { created, timeout_at }: InquiryRow): boolean =>
  timeout_seconds !== null &&
  timeout_at !== null &&
  Date.parse(timeout_at) - Date.parse(created) >= timeout_seconds * 1_000;

function executionEnd({ id, status, response, defaulted }: InquiryRow): {
  status: Extract<Status, 'completed' | 'timeout' | 'cancelled'>;
  result: JsonObject;
} {
  if (status === 'responded' || defaulted) {
    const defaultedMark = defaulted ? { defaulted } : {};
    return {
      status: 'completed',
      result: { response, __inquiry_id: id, __inquiry_created_published: true, ...defaultedMark },
    };
  }
  if (status === 'timeout') {
    return { status: 'timeout', result: { error: 'inquiry timed out', __inquiry_id: id } };
  }
  const error = 'The inquiry it was waiting for was cancelled';
  return { status: 'cancelled', result: { succeeded: false, cancelled: true, error, __inquiry_id: id } };
}

/**
 * Ends a suspended execution that is to stop, at once; the database closes its inquiry with it.
 */
export async function cancelSuspended(
  transaction: Transaction,
  execution: Pick<ExecutionRow, 'id' | 'awaits' | 'result'>,
  error: string,
  change: { readonly stoppedAfter?: number | null } & Pick<Change, 'log' | 'columns' | 'isByParent'> = {},
): Promise<void> {
  const { stoppedAfter = null, ...others } = change;
  const result = { succeeded: false, cancelled: true, error, __inquiry_id: execution.awaits };
  const end = cancellation(withOutput(result, outputOf(execution)), stoppedAfter);
  await transition(transaction, execution.id, 'cancelled', { ...end, ...others });
}
