import { sql, type ExpressionBuilder } from 'kysely';
import {
  INQUIRY_STATUSES,
  type InquiryFilter,
  type InquiryStatus,
  type InquirySummary,
} from '../../contract/inquiries';
import type { Json } from '../../contract/json';
import type { Question } from '../core/inquiry/question';
import { Refusal } from '../refusal';
import { asJson, type Transaction } from './database';
import type { Window } from './executions';
import type { InquiryRow } from './inquiry-rows';
import type { Tables } from './tables';

const documentOrNull = (value: Json): string | null => (value === null ? null : asJson(value));

/** Asks. The time until it expires is counted from `created`. CONFLICT where the execution has an inquiry already. */
export async function insertInquiry(
  transaction: Transaction,
  execution: number,
  question: Question,
): Promise<InquiryRow> {
  const { rows } = await sql<InquiryRow>`
    with made as materialized (select platform_now() as at)
    insert into inquiry (execution, prompt, response_schema, strict, assigned_to, default_response, timeout_at, created, updated)
    select ${execution}, ${question.prompt}, ${documentOrNull(question.responseSchema)}::json, ${question.strict},
      ${question.assignedTo}, ${documentOrNull(question.defaultResponse)}::json,
      least(made.at + ${question.timeoutSeconds}::double precision * interval '1 second', ${question.timeoutAt}::timestamptz),
      made.at, made.at
    from made on conflict (execution) do nothing returning *`.execute(transaction);
  const [row] = rows;
  if (row) return row;
  throw new Refusal('CONFLICT', `Execution ${execution} already has an inquiry`, { path: 'execution' });
}

/** NOT_FOUND for an identity that is not there, or not this tenant's. */
export async function requireIdentity(transaction: Transaction, id: number | null): Promise<void> {
  if (id === null) return;
  const found = await transaction.selectFrom('identity').select('id').where('id', '=', id).executeTakeFirst();
  if (!found) throw new Refusal('NOT_FOUND', `Identity ${id} not found`, { path: 'assigned_to' });
}

/** Null when it never existed, or belongs to somebody else. */
export async function inquiryRow(transaction: Transaction, id: number): Promise<InquiryRow | null> {
  return (await transaction.selectFrom('inquiry').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

export async function inquiryOfExecution(transaction: Transaction, execution: number): Promise<InquiryRow | null> {
  const row = await transaction.selectFrom('inquiry').selectAll().where('execution', '=', execution).executeTakeFirst();
  return row ?? null;
}

/** Both spellings of the last one are read. BAD_REQUEST for any other word. */
function statusOf(word: string): InquiryStatus {
  const status = INQUIRY_STATUSES.find((known) => known === (word === 'canceled' ? 'cancelled' : word));
  if (status) return status;
  throw new Refusal('BAD_REQUEST', `status ${word} is not one of ${INQUIRY_STATUSES.join(', ')}`, { path: 'status' });
}

const conditions = (filter: InquiryFilter) => (where: ExpressionBuilder<Tables, 'inquiry'>) =>
  where.and([
    ...(filter.status === undefined ? [] : [where('status', '=', statusOf(filter.status))]),
    ...(filter.execution === undefined ? [] : [where('execution', '=', filter.execution)]),
    ...(filter.assigned_to === undefined ? [] : [where('assigned_to', '=', filter.assigned_to)]),
  ]);

/** Newest first, and how many there are in all. BAD_REQUEST for an unknown status. */
export async function listInquiries(
  transaction: Transaction,
  filter: InquiryFilter,
  window: Window,
): Promise<{ rows: InquirySummary[]; total: number }> {
  const rows = await transaction
    .selectFrom('inquiry')
    .select(['id', 'execution', 'prompt', 'assigned_to', 'status', 'timeout_at', 'created'])
    .select(sql<boolean>`response is not null`.as('has_response'))
    .where(conditions(filter))
    .orderBy('created', 'desc')
    .orderBy('id', 'desc')
    .limit(window.limit)
    .offset(window.offset)
    .execute();
  const { total } = await transaction
    .selectFrom('inquiry')
    .select((build) => build.fn.countAll<number>().as('total'))
    .where(conditions(filter))
    .executeTakeFirstOrThrow();
  return { rows, total };
}
