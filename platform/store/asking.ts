import { isObject, type Json, type JsonObject } from '../../contract/json';
import { questionOf, QuestionError, type Question } from '../core/inquiry/question';
import { Refusal } from '../refusal';
import type { Claim, Outcome } from '../worker/attempt';
import { asJson, now, type Transaction } from './database';
import type { ExecutionRow } from './execution-rows';
import { insertInquiry, inquiryOfExecution, inquiryRow, requireIdentity } from './inquiries';
import { endAsking, endInquiry } from './inquiry-ends';
import type { InquiryRow } from './inquiry-rows';
import { append } from './log';

/**
 * The question that a running execution asks for itself, whose answer will end it. Asked again by a later attempt in the
 * same words, it is the same question. CONFLICT where it does not run, or has asked something else; NOT_FOUND.
 */
export async function askAndWait(transaction: Transaction, id: number, question: Question): Promise<InquiryRow> {
  const execution = await lockExecution(transaction, id);
  if (execution?.status !== 'running') {
    throw new Refusal('CONFLICT', `Execution ${id} is not running: it cannot wait for an answer`, { path: 'wait' });
  }
  const earlier = await inquiryOfExecution(transaction, id);
  if (earlier && earlier.id === execution.awaits && earlier.prompt === question.prompt) return earlier;
  await requireIdentity(transaction, question.assignedTo);
  const inquiry = await insertInquiry(transaction, id, question);
  await transaction.updateTable('execution').set({ awaits: inquiry.id }).where('id', '=', id).execute();
  return inquiry;
}

const lockExecution = (transaction: Transaction, id: number): Promise<ExecutionRow | undefined> =>
  transaction.selectFrom('execution').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

/** What a program that ended well asks with the key `__inquiry` of its output; null where it asks nothing. */
function askedIn({ status, result }: Outcome): Json {
  const { data } = result;
  if (status !== 'completed' || !isObject(data) || !Object.hasOwn(data, '__inquiry')) return null;
  return data.__inquiry ?? null;
}

/** Asks what the output says. The outcome as it is, or a failure that says why it could not be asked. */
export async function askFromOutput(transaction: Transaction, held: Claim, outcome: Outcome): Promise<Outcome> {
  const asked = askedIn(outcome);
  if (asked === null || !(await mayStillAsk(transaction, held))) return outcome;
  try {
    if (!isObject(asked)) throw new QuestionError('__inquiry', 'must be an object: prompt and what goes with it');
    await askAndWait(transaction, held.execution, questionOf(asked));
    return outcome;
  } catch (error) {
    if (!(error instanceof QuestionError || error instanceof Refusal)) throw error;
    const result = { ...outcome.result, succeeded: false, error: `Its __inquiry cannot be asked: ${error.message}` };
    return { ...outcome, status: 'failed', result };
  }
}

/** Under its lease and not asked to stop: otherwise its end is not ours to put off. */
async function mayStillAsk(transaction: Transaction, held: Claim): Promise<boolean> {
  const execution = await lockExecution(transaction, held.execution);
  const lease = await transaction
    .selectFrom('lease')
    .select('owner')
    .where('resource', '=', `execution:${held.execution}`)
    .where('fencing_token', '=', held.fencingToken)
    .executeTakeFirst();
  return lease !== undefined && execution?.status === 'running';
}

/**
 * What becomes of an execution whose process ended well and left a question: without worker or lease it runs on until
 * the answer, or ends at once where that is already known.
 */
export async function goOnWaiting(
  transaction: Transaction,
  held: Claim,
  outcome: Outcome,
  payload: JsonObject,
): Promise<void> {
  const execution = (await lockExecution(transaction, held.execution))!;
  const { id, root, worker } = execution;
  const printed = outcome.result.data ?? outcome.result.stdout ?? null;
  await append(transaction, [{ root, execution: id, worker, type: 'AGENT_RESPONSE', payload }]);
  await transaction
    .updateTable('execution')
    .set({
      worker: null,
      result: asJson({ inquiry_id: execution.awaits, status: 'pending', ...(printed !== null && { data: printed }) }),
      stdout_tail: outcome.stdoutTail,
      stderr_tail: outcome.stderrTail,
      updated: now,
    })
    .where('id', '=', execution.id)
    .execute();
  const inquiry = execution.awaits === null ? null : await inquiryRow(transaction, execution.awaits);
  if (inquiry && inquiry.status !== 'pending') await endAsking(transaction, held.tenant, execution, inquiry, printed);
}

/** An inquiry goes, and who waits for it is cancelled. */
export async function removeInquiry(
  transaction: Transaction,
  tenant: number,
  held: { execution: ExecutionRow; inquiry: InquiryRow },
): Promise<void> {
  const { execution, inquiry } = held;
  if (inquiry.status === 'pending') await endInquiry(transaction, tenant, held, { status: 'cancelled' });
  await transaction.deleteFrom('inquiry').where('id', '=', inquiry.id).execute();
  await transaction
    .updateTable('execution')
    .set({ awaits: null })
    .where('id', '=', execution.id)
    .where('awaits', '=', inquiry.id)
    .execute();
}
