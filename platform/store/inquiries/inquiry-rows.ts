import type { Selectable } from 'kysely';
import type { Inquiry } from '../../../contract/inquiries';
import type { Tables } from '../database/tables';

export type InquiryRow = Selectable<Tables['inquiry']>;

export const toInquiry = (row: InquiryRow): Inquiry => ({
  id: row.id,
  execution: row.execution,
  prompt: row.prompt,
  response_schema: row.response_schema,
  assigned_to: row.assigned_to,
  status: row.status,
  response: row.response,
  timeout_at: row.timeout_at,
  responded_at: row.responded_at,
  default_response: row.default_response,
  defaulted: row.defaulted,
  strict: row.strict,
  created: row.created,
  updated: row.updated,
});
