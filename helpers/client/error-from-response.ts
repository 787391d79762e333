import { ErrorEnvelope, TokenErrorEnvelope } from '../../contract/errors';
import { writeJson } from '../../contract/json-text/write-json';
import { ApiError } from '../errors';
import { shownText } from './shown-text';
import { matches } from './validate';
import type { Call } from './call';

/**
 * The error for a response outside 2xx: error envelope, envelope of the token check, or plain
 * text.
 */
export function errorFromResponse({ method, path }: Call, status: number, data: unknown): ApiError {
  const at = { method, path, status };
  if (matches(ErrorEnvelope, data)) return new ApiError({ ...at, code: data.code, message: data.error, body: data });
  if (matches(TokenErrorEnvelope, data)) {
    return new ApiError({ ...at, code: 'TOKEN_REJECTED', message: data.error.message, body: data });
  }
  const text = typeof data === 'string' ? data : writeJson(data);
  return new ApiError({ ...at, code: `HTTP_${status}`, message: shownText(text) || 'no body', body: text });
}
