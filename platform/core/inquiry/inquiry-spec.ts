import { MAX_PROMPT_LENGTH, MAX_TIMEOUT_SECONDS } from '../../../contract/inquiries';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { unusablePart } from '../schema/unusable-part';
import { isInstant } from './dates';
import { responseSchemaError } from './validate-response';

/** The action that runs without a worker: it creates an inquiry, whose response ends it. */
export const ASK_ACTION_REF = 'core.ask';

/** An inquiry to create. Of two timeouts the earlier applies; a null default is none. */
export interface InquirySpec {
  readonly prompt: string;
  readonly responseSchema: JsonObject | null;
  readonly strict: boolean;
  readonly assignedTo: number | null;
  /** From the creation of the inquiry. */
  readonly timeoutSeconds: number | null;
  /** RFC 3339. */
  readonly timeoutAt: string | null;
  readonly defaultResponse: Json;
}

/**
 * The inquiry cannot be created; `path` names the field at fault. `reason`: for programs, where
 * there is one.
 */
export class InquirySpecError extends Error {
  constructor(
    readonly path: string,
    requirement: string,
    readonly reason: string | null = null,
  ) {
    super(`${path} ${requirement}`);
    this.name = 'InquirySpecError';
  }
}

const DEFAULT_PROMPT = 'Approval required';

/**
 * Parses a task's input, a program's output or a request. Null counts as absent. Throws
 * InquirySpecError.
 */
export function parseInquirySpec(given: JsonObject): InquirySpec {
  const responseSchema = parseResponseSchema(given.response_schema ?? null);
  return {
    prompt: parsePrompt(given.prompt ?? DEFAULT_PROMPT),
    responseSchema,
    strict: parseStrict(given.strict ?? false, responseSchema),
    assignedTo: parseAssignee(given.assigned_to ?? null),
    timeoutSeconds: parseTimeoutSeconds(given.timeout_seconds ?? null),
    timeoutAt: parseTimeoutAt(given.timeout_at ?? null),
    defaultResponse: given.default_response ?? null,
  };
}

function parsePrompt(value: Json): string {
  const length = typeof value === 'string' ? Array.from(value).length : 0;
  const isStorable = typeof value === 'string' && !value.includes('\0');
  if (isStorable && length >= 1 && length <= MAX_PROMPT_LENGTH) return value;
  throw new InquirySpecError('prompt', `must be a text of 1 to ${MAX_PROMPT_LENGTH} characters`);
}

function parseResponseSchema(value: Json): JsonObject | null {
  if (value === null) return null;
  if (!isObject(value)) {
    throw new InquirySpecError('response_schema', 'must be an object: a JSON Schema, or a map of property names');
  }
  const part = unusablePart(value, { ofValue: true });
  if (part !== null) throw new InquirySpecError('response_schema', `${part.path} ${part.why}`, part.reason);
  return value;
}

/** Responses can be validated only against a schema that can be compiled. */
function parseStrict(value: Json, schema: JsonObject | null): boolean {
  if (typeof value !== 'boolean') throw new InquirySpecError('strict', 'must be true or false');
  if (!value) return false;
  if (schema === null) throw new InquirySpecError('response_schema', 'is required where strict is true');
  const error = responseSchemaError(schema);
  if (error !== null) throw new InquirySpecError('response_schema', `cannot be used to validate responses: ${error}`);
  return true;
}

function parseAssignee(value: Json): number | null {
  if (value === null || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
  throw new InquirySpecError('assigned_to', 'must be the id of an identity');
}

function parseTimeoutSeconds(value: Json): number | null {
  if (value === null) return null;
  if (typeof value === 'number' && value > 0 && value <= MAX_TIMEOUT_SECONDS) return value;
  throw new InquirySpecError('timeout_seconds', `must be a number above 0 and at most ${MAX_TIMEOUT_SECONDS}`);
}

function parseTimeoutAt(value: Json): string | null {
  if (value === null) return null;
  if (typeof value === 'string' && isInstant(value)) return value;
  throw new InquirySpecError('timeout_at', 'must be a moment in RFC 3339, as in 2026-01-27T10:00:00Z');
}
