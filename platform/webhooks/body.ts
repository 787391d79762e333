import { isObject, type Json, type JsonObject } from '../../contract/json';
import { JsonTextError, parseJson } from '../core/json/parse-json';
import { DomainError } from '../domain-error';

/** The parsed body of a webhook's call. */
export interface WebhookBody {
  readonly payload: Json;
  readonly headers: JsonObject | null;
}

const badRequest = (message: string) => new DomainError('BAD_REQUEST', message);

/**
 * Parses `{payload, headers?, source_ip?, user_agent?}`; the last two are ignored.
 * BAD_REQUEST; VALIDATION_ERROR for NUL.
 */
export function parseWebhookBody(bytes: Buffer | undefined): WebhookBody {
  if (bytes === undefined || bytes.length === 0) throw badRequest('the body is empty: send {"payload": …}');
  const { value, nulPointer } = parseBody(bytes);
  if (nulPointer !== null) {
    const details = { reason: 'NUL', path: nulPointer };
    throw new DomainError('VALIDATION_ERROR', `${nulPointer} holds a NUL character: leave it out`, details);
  }
  if (!isObject(value) || value.payload === undefined) throw badRequest('the body has no payload: send {"payload": …}');
  const { payload, headers = null, source_ip: address = null, user_agent: userAgent = null } = value;
  if (headers !== null && !isObject(headers)) throw badRequest('headers must be an object');
  const invalid = Object.entries({ source_ip: address, user_agent: userAgent }).find(
    ([, text]) => !isStringOrNull(text),
  );
  if (invalid) throw badRequest(`${invalid[0]} must be a text`);
  return { payload, headers };
}

const isStringOrNull = (value: Json): boolean => value === null || typeof value === 'string';

function parseBody(bytes: Buffer) {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof JsonTextError) throw badRequest(`the body cannot be read: ${error.message}`);
    throw error;
  }
}
