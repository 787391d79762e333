import { MOST_PROMPT_CHARACTERS, MOST_TIMEOUT_SECONDS } from '../../../contract/inquiries';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { schemaFault } from './answer';

/** What is asked. With both timeouts the earlier holds; a null default is none. */
export interface Question {
  readonly prompt: string;
  readonly responseSchema: JsonObject | null;
  readonly strict: boolean;
  readonly assignedTo: number | null;
  /** From the moment of asking. */
  readonly timeoutSeconds: number | null;
  /** RFC 3339. */
  readonly timeoutAt: string | null;
  readonly defaultResponse: Json;
}

/** A question that cannot be asked; `path` names the field. */
export class QuestionError extends Error {
  constructor(
    readonly path: string,
    right: string,
  ) {
    super(`${path} ${right}`);
    this.name = 'QuestionError';
  }
}

const DEFAULT_PROMPT = 'Approval required';

/** Reads a question from a task's input, a program's output or a request. Null counts as absent. Throws QuestionError. */
export function questionOf(given: JsonObject): Question {
  const responseSchema = schemaOf(given.response_schema ?? null);
  return {
    prompt: promptOf(given.prompt ?? DEFAULT_PROMPT),
    responseSchema,
    strict: strictOf(given.strict ?? false, responseSchema),
    assignedTo: identityOf(given.assigned_to ?? null),
    timeoutSeconds: secondsOf(given.timeout_seconds ?? null),
    timeoutAt: instantOf(given.timeout_at ?? null),
    defaultResponse: given.default_response ?? null,
  };
}

function promptOf(value: Json): string {
  const length = typeof value === 'string' ? Array.from(value).length : 0;
  const isStorable = typeof value === 'string' && !value.includes('\0');
  if (isStorable && length >= 1 && length <= MOST_PROMPT_CHARACTERS) return value;
  throw new QuestionError('prompt', `must be a text of 1 to ${MOST_PROMPT_CHARACTERS} characters`);
}

function schemaOf(value: Json): JsonObject | null {
  if (value === null || isObject(value)) return value;
  throw new QuestionError('response_schema', 'must be an object: a JSON Schema, or a map of property names');
}

/** A schema that is to be held against answers must be one. */
function strictOf(value: Json, schema: JsonObject | null): boolean {
  if (typeof value !== 'boolean') throw new QuestionError('strict', 'must be true or false');
  if (!value) return false;
  if (schema === null) throw new QuestionError('response_schema', 'is required where strict is true');
  const fault = schemaFault(schema);
  if (fault !== null) throw new QuestionError('response_schema', `cannot be held against answers: ${fault}`);
  return true;
}

function identityOf(value: Json): number | null {
  if (value === null || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
  throw new QuestionError('assigned_to', 'must be the id of an identity');
}

function secondsOf(value: Json): number | null {
  if (value === null) return null;
  if (typeof value === 'number' && value > 0 && value <= MOST_TIMEOUT_SECONDS) return value;
  throw new QuestionError('timeout_seconds', `must be a number above 0 and at most ${MOST_TIMEOUT_SECONDS}`);
}

const INSTANT = /^\d{4}-\d\d-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)$/;

function instantOf(value: Json): string | null {
  if (value === null) return null;
  if (typeof value === 'string' && isInstant(value)) return value;
  throw new QuestionError('timeout_at', 'must be a moment in RFC 3339, as in 2026-01-27T10:00:00Z');
}

/** Of a date that exists: 30 February is read as 1 or 2 March elsewhere. */
function isInstant(text: string): boolean {
  const [, day] = INSTANT.exec(text) ?? [];
  const midnight = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return day !== undefined && midnight.getUTCDate() === Number(day) && Number(text.slice(0, 4)) > 0;
}
