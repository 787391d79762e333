import { sql } from 'kysely';
import {
  INQUIRY_STATUSES,
  type InquiryFilter,
  type InquiryStatus,
  type InquirySummary,
} from '../../../contract/inquiries';
import type { Json } from '../../../contract/json';
import type { InquirySpec } from '../../core/inquiry/inquiry-spec';
import { DomainError } from '../../base/domain-error';
import { asJson, type Transaction } from '../database/connection';
import { countRows, equalColumns, pageNewestFirst, type RowRange } from '../database/list-rows';
import type { InquiryRow } from './inquiry-rows';

const toJsonOrNull = (value: Json): string | null => (value === null ? null : asJson(value));

/**
 * Inserts an inquiry; its timeout starts at `created`. CONFLICT where the execution already has
 * one.
 */
export async function insertInquiry(
  transaction: Transaction,
  execution: number,
  spec: InquirySpec,
): Promise<InquiryRow> {
  const { rows } = await sql<InquiryRow>`
    with made as materialized (select platform_now() as at)
    insert into inquiry (execution, prompt, response_schema, strict, assigned_to, default_response, timeout_at, created, updated)
    select ${execution}, ${spec.prompt}, ${toJsonOrNull(spec.responseSchema)}::json, ${spec.strict},
      ${spec.assignedTo}, ${toJsonOrNull(spec.defaultResponse)}::json,
      least(made.at + ${spec.timeoutSeconds}::double precision * interval '1 second', ${spec.timeoutAt}::timestamptz),
      made.at, made.at
    from made on conflict (execution) do nothing returning *`.execute(transaction);
  const [row] = rows;
  if (row) return row;
  throw new DomainError('CONFLICT', `Execution ${execution} already has an inquiry`, { path: 'execution' });
}

/** NOT_FOUND for an identity that does not exist in this tenant. */
export async function requireAssignee(transaction: Transaction, id: number | null): Promise<void> {
  if (id === null) return;
  const found = await transaction.selectFrom('identity').select('id').where('id', '=', id).executeTakeFirst();
  if (!found) throw new DomainError('NOT_FOUND', `Identity ${id} not found`, { path: 'assigned_to' });
}

/** Null where it does not exist in this tenant. */
export async function findInquiryRow(transaction: Transaction, id: number): Promise<InquiryRow | null> {
  return (await transaction.selectFrom('inquiry').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

export async function findInquiryOfExecution(transaction: Transaction, execution: number): Promise<InquiryRow | null> {
  const row = await transaction.selectFrom('inquiry').selectAll().where('execution', '=', execution).executeTakeFirst();
  return row ?? null;
}

/** Accepts `canceled` for `cancelled`. BAD_REQUEST for an unknown status. */
function parseStatus(text: string): InquiryStatus {
  const status = INQUIRY_STATUSES.find((candidate) => candidate === (text === 'canceled' ? 'cancelled' : text));
  if (status) return status;
  throw new DomainError('BAD_REQUEST', `status ${text} is not one of ${INQUIRY_STATUSES.join(', ')}`, {
    path: 'status',
  });
}

const filterConditions = ({ status, execution, assigned_to }: InquiryFilter) =>
  equalColumns<'inquiry'>({ status: status === undefined ? undefined : parseStatus(status), execution, assigned_to });

/** Newest first, with the total number. BAD_REQUEST for an unknown status. */
export async function listInquiries(
  transaction: Transaction,
  filter: InquiryFilter,
  range: RowRange,
): Promise<{ rows: InquirySummary[]; total: number }> {
  const matching = transaction.selectFrom('inquiry').where(filterConditions(filter));
  const summaries = matching
    .select(['id', 'execution', 'prompt', 'assigned_to', 'status', 'timeout_at', 'created'])
    .select(sql<boolean>`response is not null`.as('has_response'));
  const rows = await pageNewestFirst(summaries, range).execute();
  return { rows, total: await countRows(matching) };
}
