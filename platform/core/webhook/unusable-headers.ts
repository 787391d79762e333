import { isHeaderName } from '../../../contract/text/http-header';
import type { DigestForm, TokenForm } from './signature-forms';

/** Headers with which HTTP itself describes a request, its body or its connection. */
const OF_HTTP: ReadonlySet<string> = new Set([
  ...['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'connection', 'content-encoding'],
  ...['content-language', 'content-length', 'content-type', 'date', 'expect', 'host', 'keep-alive', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade', 'user-agent', 'via'],
]);

/** Headers with which a sender identifies itself: alike in all of its requests. */
const OF_SENDER: ReadonlySet<string> = new Set(['authorization', 'cookie', 'from', 'origin', 'referer']);

const INVALID_NAME = 'is no name of an HTTP header';

/** Why no signature, token or timestamp can be in a header; null where one can. */
export function signingHeaderFault(name: string): string | null {
  if (!isHeaderName(name)) return INVALID_NAME;
  return OF_HTTP.has(name.toLowerCase()) ? 'is a header of HTTP itself: name one that the sender sets' : null;
}

/**
 * Why a header does not identify a delivery; null where it can. Other deliveries with the same
 * value are rejected as another body under one key.
 */
export function deliveryHeaderFault(name: string, form: DigestForm | TokenForm | null): string | null {
  if (!isHeaderName(name)) return INVALID_NAME;
  const header = name.toLowerCase();
  const isToken = form?.kind === 'token' && header === form.header;
  const isTimestamp = form?.kind === 'digest' && header === form.timestampHeader;
  return OF_HTTP.has(header) || OF_SENDER.has(header) || isToken || isTimestamp
    ? 'identifies no delivery: others have the same value'
    : null;
}
