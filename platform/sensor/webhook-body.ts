import { isObject, type Json, type JsonObject } from '../../contract/json';
import { JsonTextError, parseJson } from '../api/json-text';
import { Refusal } from '../refusal';

/** What a webhook's caller sends. */
export interface WebhookBody {
  readonly payload: Json;
  readonly headers: JsonObject | null;
}

const refused = (message: string) => new Refusal('BAD_REQUEST', message);

/** Reads `{payload, headers?, source_ip?, user_agent?}`; the last two are not used. BAD_REQUEST; VALIDATION_ERROR for NUL. */
export function readWebhookBody(bytes: Buffer | undefined): WebhookBody {
  if (bytes === undefined || bytes.length === 0) throw refused('the body is empty: send {"payload": …}');
  const { value, nul } = parsed(bytes);
  if (nul !== null) {
    const details = { reason: 'NUL', path: nul };
    throw new Refusal('VALIDATION_ERROR', `${nul} holds a NUL character: leave it out`, details);
  }
  if (!isObject(value) || value.payload === undefined) throw refused('the body has no payload: send {"payload": …}');
  const { payload, headers = null, source_ip: address = null, user_agent: agent = null } = value;
  if (headers !== null && !isObject(headers)) throw refused('headers must be an object');
  const odd = Object.entries({ source_ip: address, user_agent: agent }).find(([, text]) => !isTextOrNull(text));
  if (odd) throw refused(`${odd[0]} must be a text`);
  return { payload, headers };
}

const isTextOrNull = (value: Json): boolean => value === null || typeof value === 'string';

function parsed(bytes: Buffer) {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof JsonTextError) throw refused(`the body cannot be read: ${error.message}`);
    throw error;
  }
}
