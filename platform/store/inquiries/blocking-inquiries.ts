import { isObject, type Json } from '../../../contract/json';
import { parseInquirySpec, InquirySpecError, type InquirySpec } from '../../core/inquiry/inquiry-spec';
import { DomainError } from '../../base/domain-error';
import type { AttemptLease, AttemptOutcome } from '../lifecycle/attempt';
import { asJson, now, type Transaction } from '../database/connection';
import type { ExecutionRow } from '../lifecycle/execution-rows';
import { insertInquiry, findInquiryOfExecution, findInquiryRow, requireAssignee } from './inquiries';
import { endSuspended, endInquiry, isInquiryExpired } from './end-inquiry';
import type { InquiryRow } from './inquiry-rows';
import { appendLog } from '../lifecycle/execution-log';
import type { TransitionEntry } from '../lifecycle/transition-sql';

/**
 * Creates the inquiry whose response will end a running execution. A later attempt that creates it
 * again, with the same prompt, gets the same inquiry. CONFLICT where the execution does not run,
 * or has another inquiry; NOT_FOUND.
 */
export async function createBlockingInquiry(
  transaction: Transaction,
  id: number,
  spec: InquirySpec,
): Promise<InquiryRow> {
  const execution = await lockExecution(transaction, id);
  if (execution?.status !== 'running') {
    throw new DomainError('CONFLICT', `Execution ${id} is not running: it cannot wait for an answer`, { path: 'wait' });
  }
  const existing = await findInquiryOfExecution(transaction, id);
  if (existing && existing.id === execution.awaits && existing.prompt === spec.prompt) return existing;
  await requireAssignee(transaction, spec.assignedTo);
  const inquiry = await insertInquiry(transaction, id, spec);
  await transaction.updateTable('execution').set({ awaits: inquiry.id }).where('id', '=', id).execute();
  return inquiry;
}

const lockExecution = (transaction: Transaction, id: number): Promise<ExecutionRow | undefined> =>
  transaction.selectFrom('execution').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

/** The value of `__inquiry` in the output of a completed attempt; null where there is none. */
export function inquiryInOutput({ status, result }: AttemptOutcome): Json {
  const { data } = result;
  if (status !== 'completed' || !isObject(data) || !Object.hasOwn(data, '__inquiry')) return null;
  return data.__inquiry ?? null;
}

/**
 * Creates the inquiry of the output. Returns the outcome unchanged, or a failure where the inquiry
 * is invalid.
 */
export async function createInquiryFromOutput(
  transaction: Transaction,
  claim: AttemptLease,
  outcome: AttemptOutcome,
): Promise<AttemptOutcome> {
  const requested = inquiryInOutput(outcome);
  if (requested === null || !(await canCreateInquiry(transaction, claim))) return outcome;
  try {
    if (!isObject(requested)) throw new InquirySpecError('__inquiry', 'must be an object with a prompt');
    await createBlockingInquiry(transaction, claim.execution, parseInquirySpec(requested));
    return outcome;
  } catch (error) {
    if (!(error instanceof InquirySpecError || error instanceof DomainError)) throw error;
    const result = { ...outcome.result, succeeded: false, error: `__inquiry is invalid: ${error.message}` };
    return { ...outcome, status: 'failed', result };
  }
}

/** Whether the lease is held and the execution runs: only then may its end be deferred. */
async function canCreateInquiry(transaction: Transaction, claim: AttemptLease): Promise<boolean> {
  const execution = await lockExecution(transaction, claim.execution);
  const lease = await transaction
    .selectFrom('lease')
    .select('owner')
    .where('resource', '=', `execution:${claim.execution}`)
    .where('fencing_token', '=', claim.fencingToken)
    .executeTakeFirst();
  return lease !== undefined && execution?.status === 'running';
}

/** An outcome whose result has no secrets. */
export interface SealedOutcome extends AttemptOutcome {
  /** They are beside it, sealed; null: there is none. */
  readonly resultSecrets: string | null;
}

/**
 * Suspends an execution whose process has completed while its inquiry is open: it stays `running`
 * without worker or lease. Where the inquiry has ended already, the execution ends at once.
 */
export async function suspendExecution(
  transaction: Transaction,
  claim: AttemptLease,
  outcome: SealedOutcome,
  response: TransitionEntry,
): Promise<void> {
  const locked = (await lockExecution(transaction, claim.execution))!;
  const execution = { ...locked, result_secrets: outcome.resultSecrets };
  const { id, root, worker } = execution;
  const output = outcome.result.data ?? outcome.result.stdout ?? null;
  await appendLog(transaction, [{ root, execution: id, worker, ...response }]);
  await transaction
    .updateTable('execution')
    .set({
      worker: null,
      result: asJson({ inquiry_id: execution.awaits, status: 'pending', ...(output !== null && { data: output }) }),
      result_secrets: execution.result_secrets,
      stdout_tail: outcome.stdoutTail,
      stderr_tail: outcome.stderrTail,
      updated: now,
    })
    .where('id', '=', execution.id)
    .execute();
  const inquiry = execution.awaits === null ? null : await findInquiryRow(transaction, execution.awaits);
  if (inquiry && inquiry.status !== 'pending') await endSuspended(transaction, execution, inquiry, output);
}

/**
 * Deletes an inquiry, and cancels the execution that is suspended on it; one whose timeout has
 * passed expires first.
 */
export async function removeInquiry(
  transaction: Transaction,
  locked: { execution: ExecutionRow; inquiry: InquiryRow },
): Promise<void> {
  const { execution, inquiry } = locked;
  const status = (await isInquiryExpired(transaction, inquiry)) ? 'timeout' : 'cancelled';
  if (inquiry.status === 'pending') await endInquiry(transaction, locked, { status });
  await transaction.deleteFrom('inquiry').where('id', '=', inquiry.id).execute();
  await transaction
    .updateTable('execution')
    .set({ awaits: null })
    .where('id', '=', execution.id)
    .where('awaits', '=', inquiry.id)
    .execute();
}
