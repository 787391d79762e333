import type { Selectable } from 'kysely';
import type { Json, JsonObject } from '../../../contract/json';
import type { Inquiry } from '../../../contract/inquiries';
import { extractSecrets } from '../../core/secrets/extract-secrets';
import { propertyTaint, schemaTaint } from '../../core/secrets/schema-taint';
import { shownSchema } from '../../core/secrets/shown-schema';
import { mergeTaints, type Taint } from '../../core/secrets/taint';
import type { Tables } from '../database/tables';

export type InquiryRow = Selectable<Tables['inquiry']>;

/** What a schema, flat or a JSON Schema of any value, declares secret of a response. */
export const responseTaint = (schema: JsonObject | null, response: Json): Taint =>
  mergeTaints(schemaTaint(schema, response), propertyTaint(schema ?? undefined, response));

const shownResponse = (schema: JsonObject | null, response: Json): Json =>
  extractSecrets(response, responseTaint(schema, response)).document;

export const toInquiry = (row: InquiryRow): Inquiry => ({
  id: row.id,
  execution: row.execution,
  prompt: row.prompt,
  response_schema: shownSchema(row.response_schema),
  assigned_to: row.assigned_to,
  status: row.status,
  response: shownResponse(row.response_schema, row.response),
  timeout_at: row.timeout_at,
  responded_at: row.responded_at,
  default_response: shownResponse(row.response_schema, row.default_response),
  defaulted: row.defaulted,
  strict: row.strict,
  created: row.created,
  updated: row.updated,
});
