import type { ErrorEnvelope, TokenErrorEnvelope } from '../../contract/errors';

/** What is wrong at one place of a request. */
export interface FieldError {
  /** JSON pointer into the request: `/parameters/host`. */
  readonly path: string;
  readonly message: string;
}

/** A request that the platform rejected. `status` 0: no response. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** What would be right; null: the platform gives none. */
    readonly hint: string | null,
    /** What is wrong with each of its values; empty where the platform names none. */
    readonly fields: readonly FieldError[] = [],
  ) {
    super(message);
    this.name = 'ApiFailure';
  }
}

/** As fetch; ApiFailure without a connection, unless the request was aborted. */
export async function reach(url: string, init: RequestInit, hint: string | null = null): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiFailure(0, 'NO_CONNECTION', 'The platform does not answer', hint);
  }
}

/** The error of a response whose status is not 2xx. */
export async function failureOf(response: Response): Promise<ApiFailure> {
  const { status, statusText } = response;
  const { error, code, hint, fields } = partsOf(await response.text());
  return new ApiFailure(status, code ?? `HTTP ${status}`, error ?? `${status} ${statusText}`, hint ?? null, fields);
}

interface Parts {
  readonly error?: string;
  readonly code?: string;
  readonly hint?: string;
  readonly fields?: readonly FieldError[];
}

function partsOf(text: string): Parts {
  const body = envelopeOf(text);
  if (body === null) return text === '' ? {} : { error: text }; // an error before the routes is plain text
  if (typeof body.error === 'object') return { error: body.error.message, code: 'UNAUTHORIZED' };
  const { error, code, details } = body as ErrorEnvelope;
  const { hint, fields } = (typeof details === 'object' && details !== null ? details : {}) as Record<string, unknown>;
  return {
    error,
    code,
    ...(typeof hint === 'string' && { hint }),
    ...(Array.isArray(fields) && { fields: fields as readonly FieldError[] }),
  };
}

function envelopeOf(text: string): ErrorEnvelope | TokenErrorEnvelope | null {
  try {
    return JSON.parse(text) as ErrorEnvelope | TokenErrorEnvelope;
  } catch {
    return null;
  }
}

/** An error as one line for people. */
export function failureText(error: unknown): string {
  if (!(error instanceof ApiFailure)) return error instanceof Error ? error.message : String(error);
  return `${error.message} (${error.code})${error.hint === null ? '' : `: ${error.hint}`}`;
}
