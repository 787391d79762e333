import { isHeaderName } from '../../../contract/text/http-header';

/** Words in the names of headers whose values are secret, or prove that the sender has one. */
const SECRET_WORDS =
  /authorization|authentication|cookie|credential|hmac|password|secret|signature|token|api-?key|jwt/i;

/**
 * Why events may not have a header: null for one that they may. `signature`: the header of the
 * webhook's signature, in lower case.
 */
export function keptHeaderFault(name: string, signature: string | null): string | null {
  if (!isHeaderName(name)) return 'is no name of an HTTP header';
  if (name.toLowerCase() === signature) return 'holds the signature: no event may have it';
  return SECRET_WORDS.test(name) ? 'can hold a secret: no event may have it' : null;
}
