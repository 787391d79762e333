import type { NewInquiry, UpdateInquiry } from '../../contract/inquiries';
import type { Json } from '../../contract/json';
import { answerFaults } from '../core/inquiry/answer';
import { questionOf, QuestionError, type Question } from '../core/inquiry/question';
import { Refusal } from '../refusal';
import { askAndWait, removeInquiry } from '../store/asking';
import { now, type Database, type Transaction } from '../store/database';
import { executionRow } from '../store/executions';
import { isDescendant } from '../store/execution-lineage';
import { insertInquiry, requireIdentity } from '../store/inquiries';
import { endInquiry, isOver, lockInquiry, type Held } from '../store/inquiry-ends';
import type { InquiryRow } from '../store/inquiry-rows';
import type { Caller } from './context';
import { notFound } from './errors';
import { requireGrant } from './grants';
import { executionTarget, inquiryTarget } from './targets';

/** Asks. What a running execution asks for itself needs no grant; only it may wait. */
export async function ask(transaction: Transaction, caller: Caller, body: NewInquiry): Promise<InquiryRow> {
  const { execution, wait } = body;
  const isOwn = caller.execution === execution;
  const asking = await executionRow(transaction, execution);
  if (!asking) throw notFound(`Execution ${execution}`);
  if (!isOwn) {
    const target = await executionTarget(transaction, caller, asking);
    await requireGrant(transaction, caller, 'inquiries', 'create', target);
  }
  const question = asked(body);
  if (wait && isOwn) return askAndWait(transaction, execution, question);
  if (wait) {
    const text = 'wait is for what asks for itself: send the token that the execution was given, or leave wait out';
    throw new Refusal('BAD_REQUEST', text, { path: 'wait' });
  }
  await requireIdentity(transaction, question.assignedTo);
  return insertInquiry(transaction, execution, question);
}

function asked(body: NewInquiry): Question {
  try {
    return questionOf(body);
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error;
    throw new Refusal('VALIDATION_ERROR', error.message, { path: error.path });
  }
}

async function lock(transaction: Transaction, id: number): Promise<Held> {
  const held = await lockInquiry(transaction, id);
  if (!held) throw notFound(`Inquiry ${id}`);
  return held;
}

const targetOf = (transaction: Transaction, caller: Caller, { inquiry, execution }: Held) =>
  inquiryTarget(transaction, caller, inquiry, execution);

const notPending = ({ id, status }: InquiryRow) =>
  new Refusal('BAD_REQUEST', `Inquiry ${id} is not pending: it is ${status}`, {
    reason: 'INQUIRY_NOT_PENDING',
    status,
  });

/** Nobody approves what they ask themselves, or what waits above them. */
async function refuseOwn(transaction: Transaction, caller: Caller, { inquiry }: Held): Promise<void> {
  const { execution: own } = caller;
  if (own === null) return;
  if (own === inquiry.execution) {
    const text = `Execution ${own} may not answer its own inquiry: that would be a privilege loop`;
    throw new Refusal('FORBIDDEN', text, { reason: 'PRIVILEGE_LOOP' });
  }
  if (await isDescendant(transaction, own, inquiry.execution)) {
    const text = `Execution ${own} is a descendant of the execution that asks: answering would be a privilege loop`;
    throw new Refusal('FORBIDDEN', text, { reason: 'PRIVILEGE_LOOP' });
  }
}

/**
 * Answers once: of several at the same time the first wins. NOT_FOUND; BAD_REQUEST when it is no longer pending;
 * FORBIDDEN for the asking execution and its descendants, and for everybody else where it is assigned;
 * VALIDATION_ERROR where a strict schema says otherwise.
 */
export async function respond(db: Database, caller: Caller, id: number, response: Json): Promise<InquiryRow> {
  const { row, isLate } = await db.inTenant(caller.tenant, async (transaction) => {
    const held = await lock(transaction, id);
    await requireAnswerable(transaction, caller, held);
    // What this answer finds expired stays expired: the refusal comes after the commit.
    if (await isOver(transaction, held.inquiry)) {
      return { row: await endInquiry(transaction, caller.tenant, held, { status: 'timeout' }), isLate: true };
    }
    requireFitting(held.inquiry, response);
    const end = { status: 'responded', response } as const;
    return { row: await endInquiry(transaction, caller.tenant, held, end), isLate: false };
  });
  if (isLate) throw notPending(row);
  return row;
}

async function requireAnswerable(transaction: Transaction, caller: Caller, held: Held): Promise<void> {
  const { inquiry } = held;
  if (inquiry.status !== 'pending') throw notPending(inquiry);
  await refuseOwn(transaction, caller, held);
  if (inquiry.assigned_to === null || inquiry.assigned_to === caller.identity) return;
  throw new Refusal('FORBIDDEN', `Inquiry ${inquiry.id} is assigned to another identity`, { reason: 'ASSIGNED' });
}

function requireFitting({ strict, response_schema: schema }: InquiryRow, response: Json): void {
  const faults = strict && schema !== null ? answerFaults(schema, response) : [];
  if (faults.length === 0) return;
  const text = faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new Refusal('VALIDATION_ERROR', text, {
    reason: 'ANSWER_OFF_SCHEMA',
    fields: faults.map((fault) => ({ ...fault })),
  });
}

/** What an administrator sets: a final status stays, and an answer given here is held against the schema as any other. */
export async function change(
  transaction: Transaction,
  caller: Caller,
  id: number,
  wanted: UpdateInquiry,
): Promise<InquiryRow> {
  const held = await lock(transaction, id);
  await requireGrant(transaction, caller, 'inquiries', 'update', await targetOf(transaction, caller, held));
  await refuseOwn(transaction, caller, held);
  const inquiry = await assign(transaction, held.inquiry, wanted.assigned_to);
  const status = wanted.status ?? (wanted.response === undefined ? inquiry.status : 'responded');
  if (status === inquiry.status && wanted.response === undefined) return inquiry;
  if (inquiry.status !== 'pending') throw notPending(inquiry);
  const current = { ...held, inquiry };
  if (status !== 'responded' && wanted.response !== undefined) {
    throw new Refusal('BAD_REQUEST', 'a response goes with the status responded', { path: 'status' });
  }
  if (status === 'pending') return inquiry;
  if (status !== 'responded') return endInquiry(transaction, caller.tenant, current, { status });
  if (wanted.response === undefined) {
    throw new Refusal('BAD_REQUEST', 'the status responded goes with a response', { path: 'response' });
  }
  requireFitting(inquiry, wanted.response);
  return endInquiry(transaction, caller.tenant, current, { status, response: wanted.response });
}

async function assign(transaction: Transaction, inquiry: InquiryRow, to: number | null | undefined) {
  if (to === undefined || to === inquiry.assigned_to) return inquiry;
  await requireIdentity(transaction, to);
  return transaction
    .updateTable('inquiry')
    .set({ assigned_to: to, updated: now })
    .where('id', '=', inquiry.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Who waits for it is cancelled. */
export async function remove(transaction: Transaction, caller: Caller, id: number): Promise<void> {
  const held = await lock(transaction, id);
  await requireGrant(transaction, caller, 'inquiries', 'delete', await targetOf(transaction, caller, held));
  await refuseOwn(transaction, caller, held);
  await removeInquiry(transaction, caller.tenant, held);
}
