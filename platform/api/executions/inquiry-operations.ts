import type { NewInquiry, UpdateInquiry } from '../../../contract/inquiries';
import type { Json } from '../../../contract/json';
import { responseErrors } from '../../core/inquiry/validate-response';
import { parseInquirySpec, InquirySpecError, type InquirySpec } from '../../core/inquiry/inquiry-spec';
import { describeErrors } from '../../core/schema/validator';
import { DomainError, requireFound } from '../../base/domain-error';
import { createBlockingInquiry } from '../../store/inquiries/blocking-inquiries';
import { now, type Database, type Transaction } from '../../store/database/connection';
import { isDescendant } from '../../store/executions/lineage';
import { insertInquiry, requireAssignee } from '../../store/inquiries/inquiries';
import { endInquiry, isInquiryExpired, lockInquiry, type LockedInquiry } from '../../store/inquiries/end-inquiry';
import type { InquiryRow } from '../../store/inquiries/inquiry-rows';
import type { Caller } from '../../auth/caller';
import { inquiryTarget } from '../../auth/authorization-targets';

/** A running execution needs no grant to create inquiries for itself. */
export const isCreatedByOwnExecution = (caller: Caller, { execution }: NewInquiry): boolean =>
  caller.execution === execution;

/**
 * BAD_REQUEST where `wait` is set and the inquiry is not for the caller's own execution: only
 * that one may wait.
 */
export async function createInquiry(transaction: Transaction, caller: Caller, body: NewInquiry): Promise<InquiryRow> {
  const { execution, wait } = body;
  const spec = inquirySpecOf(body);
  if (wait && isCreatedByOwnExecution(caller, body)) return createBlockingInquiry(transaction, execution, spec);
  if (wait) {
    const text = 'wait is for what asks for itself: send the token that the execution was given, or leave wait out';
    throw new DomainError('BAD_REQUEST', text, { path: 'wait' });
  }
  await requireAssignee(transaction, spec.assignedTo);
  return insertInquiry(transaction, execution, spec);
}

function inquirySpecOf(body: NewInquiry): InquirySpec {
  try {
    return parseInquirySpec(body);
  } catch (error) {
    if (!(error instanceof InquirySpecError)) throw error;
    const { message, path, reason } = error;
    throw new DomainError('VALIDATION_ERROR', message, { ...(reason !== null && { reason }), path });
  }
}

const lockExistingInquiry = async (transaction: Transaction, id: number): Promise<LockedInquiry> =>
  requireFound(await lockInquiry(transaction, id), `Inquiry ${id}`);

interface InquiryCall {
  readonly transaction: Transaction;
  readonly caller: Caller;
  readonly params: { readonly id: number };
}
type LockedInquiryCall = InquiryCall & { readonly loaded: LockedInquiry };

/**
 * Requirements of a route that changes one inquiry: NOT_FOUND, FORBIDDEN without the grant or in
 * a privilege loop.
 */
export const onLockedInquiry = {
  load: ({ transaction, params: { id } }: InquiryCall) => lockExistingInquiry(transaction, id),
  target: ({ transaction, caller, loaded: { inquiry, execution } }: LockedInquiryCall) =>
    inquiryTarget(transaction, caller, inquiry, execution),
  check: ({ transaction, caller, loaded }: LockedInquiryCall) => rejectPrivilegeLoop(transaction, caller, loaded),
};

const notPendingError = ({ id, status }: InquiryRow) =>
  new DomainError('BAD_REQUEST', `Inquiry ${id} is not pending: it is ${status}`, {
    reason: 'INQUIRY_NOT_PENDING',
    status,
  });

/**
 * FORBIDDEN for an execution that would respond to its own inquiry, or to that of an execution
 * above it.
 */
async function rejectPrivilegeLoop(
  transaction: Transaction,
  caller: Caller,
  { inquiry }: LockedInquiry,
): Promise<void> {
  const { execution: ownExecution } = caller;
  if (ownExecution === null) return;
  if (ownExecution === inquiry.execution) {
    const text = `Execution ${ownExecution} may not answer its own inquiry: that would be a privilege loop`;
    throw new DomainError('FORBIDDEN', text, { reason: 'PRIVILEGE_LOOP' });
  }
  if (await isDescendant(transaction, ownExecution, inquiry.execution)) {
    const text = `Execution ${ownExecution} is a descendant of the execution that asks: answering would be a privilege loop`;
    throw new DomainError('FORBIDDEN', text, { reason: 'PRIVILEGE_LOOP' });
  }
}

/**
 * Records one response: of several at the same time the first wins. NOT_FOUND; BAD_REQUEST once
 * it is no longer pending; FORBIDDEN in a privilege loop, and for identities other than the
 * assignee; VALIDATION_ERROR for a response that a strict schema does not accept.
 */
export async function respondToInquiry(db: Database, caller: Caller, id: number, response: Json): Promise<InquiryRow> {
  const { row, hasExpired } = await db.inTenant(caller.tenant, async (transaction) => {
    const locked = await lockExistingInquiry(transaction, id);
    await requireRespondable(transaction, caller, locked);
    // The expiry is stored: the error is thrown after the commit.
    if (await isInquiryExpired(transaction, locked.inquiry)) {
      return { row: await endInquiry(transaction, locked, { status: 'timeout' }), hasExpired: true };
    }
    validateResponse(locked.inquiry, response);
    const outcome = { status: 'responded', response } as const;
    return { row: await endInquiry(transaction, locked, outcome), hasExpired: false };
  });
  if (hasExpired) throw notPendingError(row);
  return row;
}

async function requireRespondable(transaction: Transaction, caller: Caller, locked: LockedInquiry): Promise<void> {
  const { inquiry } = locked;
  if (inquiry.status !== 'pending') throw notPendingError(inquiry);
  await rejectPrivilegeLoop(transaction, caller, locked);
  requireAssigned(caller, inquiry);
}

function requireAssigned(caller: Caller, inquiry: InquiryRow): void {
  if (inquiry.assigned_to === null || inquiry.assigned_to === caller.owner) return;
  throw new DomainError('FORBIDDEN', `Inquiry ${inquiry.id} is assigned to another identity`, { reason: 'ASSIGNED' });
}

function validateResponse({ strict, response_schema: schema }: InquiryRow, response: Json): void {
  const faults = strict && schema !== null ? responseErrors(schema, response) : [];
  if (faults.length === 0) return;
  throw new DomainError('VALIDATION_ERROR', describeErrors(faults), {
    reason: 'ANSWER_OFF_SCHEMA',
    fields: faults.map((fault) => ({ ...fault })),
  });
}

/**
 * BAD_REQUEST once the inquiry has a final status, or its timeout has passed; a response that is
 * given here has the rules of any other.
 */
export async function updateInquiry(
  transaction: Transaction,
  caller: Caller,
  locked: LockedInquiry,
  changes: UpdateInquiry,
): Promise<InquiryRow> {
  const inquiry = await assignInquiry(transaction, locked.inquiry, changes.assigned_to);
  const status = changes.status ?? (changes.response === undefined ? inquiry.status : 'responded');
  if (status === inquiry.status && changes.response === undefined) return inquiry;
  if (inquiry.status !== 'pending') throw notPendingError(inquiry);
  const assigned = { ...locked, inquiry };
  if (status !== 'responded' && changes.response !== undefined) {
    throw new DomainError('BAD_REQUEST', 'a response goes with the status responded', { path: 'status' });
  }
  if (status === 'pending') return inquiry;
  if (await isInquiryExpired(transaction, inquiry)) throw notPendingError({ ...inquiry, status: 'timeout' });
  if (status !== 'responded') return endInquiry(transaction, assigned, { status });
  if (changes.response === undefined) {
    throw new DomainError('BAD_REQUEST', 'the status responded goes with a response', { path: 'response' });
  }
  requireAssigned(caller, inquiry);
  validateResponse(inquiry, changes.response);
  return endInquiry(transaction, assigned, { status, response: changes.response });
}

async function assignInquiry(transaction: Transaction, inquiry: InquiryRow, assignee: number | null | undefined) {
  if (assignee === undefined || assignee === inquiry.assigned_to) return inquiry;
  await requireAssignee(transaction, assignee);
  return transaction
    .updateTable('inquiry')
    .set({ assigned_to: assignee, updated: now })
    .where('id', '=', inquiry.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
