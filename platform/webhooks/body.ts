import { isObject, type Json, type JsonObject } from '../../contract/json';
import { JsonTextError, parseJson, type ParsedJson } from '../core/data/parse-json';
import { DomainError } from '../base/domain-error';
import { isForm, isJsonText, parseForm } from './form';

/** What an event has of a call. */
export interface WebhookBody {
  readonly payload: Json;
  readonly headers: JsonObject | null;
}

/** The bytes of a call, and the value of their JSON. */
export interface ReceivedBody {
  readonly bytes: Buffer;
  /** The media type of the call, in lower case; null: it has none. */
  readonly mediaType: string | null;
  readonly json: ParsedJson | DomainError;
}

const RAW = 'a webhook whose settings have "body": "raw" takes the document itself';

const badRequest = (message: string) => new DomainError('BAD_REQUEST', message);

export function readReceivedBody(bytes: Buffer, contentType: string | undefined): ReceivedBody {
  const mediaType = contentType?.split(';')[0]!.trim().toLowerCase() ?? null;
  return { bytes, mediaType, json: parseBody(bytes) };
}

/**
 * The envelope `{payload, headers?, source_ip?, user_agent?}`; the last two are ignored.
 * BAD_REQUEST, also for a form; VALIDATION_ERROR for NUL.
 */
export function readEnvelope({ json, mediaType, bytes }: ReceivedBody): WebhookBody {
  if (bytes.length === 0) throw badRequest('the body is empty: send {"payload": …}');
  if (json instanceof DomainError) {
    if (!isForm(mediaType)) throw json;
    throw badRequest(`the body is a form: send {"payload": …} as JSON; ${RAW}, also a form`);
  }
  const value = withoutNul(json);
  if (!isObject(value) || value.payload === undefined) {
    throw badRequest(`the body has no payload: send {"payload": …}; ${RAW}`);
  }
  const { payload, headers = null, source_ip: address = null, user_agent: userAgent = null } = value;
  if (headers !== null && !isObject(headers)) throw badRequest('headers must be an object');
  const invalid = Object.entries({ source_ip: address, user_agent: userAgent }).find(
    ([, text]) => !isStringOrNull(text),
  );
  if (invalid) throw badRequest(`${invalid[0]} must be a text`);
  return { payload, headers };
}

/**
 * The document or the fields of the form. BAD_REQUEST; UNSUPPORTED_MEDIA_TYPE for anything else;
 * VALIDATION_ERROR for NUL.
 */
export function readRawPayload({ json, mediaType, bytes }: ReceivedBody): Json {
  if (bytes.length === 0) throw badRequest('the body is empty: send a JSON document, or a form');
  if (isForm(mediaType)) return withoutNul(parseForm(bytes));
  if (!isJsonText(mediaType)) {
    const message = `the body is ${mediaType}: send application/json or application/x-www-form-urlencoded`;
    throw new DomainError('UNSUPPORTED_MEDIA_TYPE', message);
  }
  if (json instanceof DomainError) throw json;
  return withoutNul(json);
}

/** The database cannot store a NUL character in a text. */
function withoutNul({ value, nulPointer }: ParsedJson): Json {
  if (nulPointer === null) return value;
  const details = { reason: 'NUL', path: nulPointer };
  throw new DomainError('VALIDATION_ERROR', `${nulPointer} holds a NUL character: leave it out`, details);
}

const isStringOrNull = (value: Json): boolean => value === null || typeof value === 'string';

function parseBody(bytes: Buffer): ParsedJson | DomainError {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof JsonTextError) return badRequest(`the body cannot be read: ${error.message}`);
    throw error;
  }
}
