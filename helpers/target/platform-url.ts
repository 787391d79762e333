import { TargetError } from './target-error';

/** A host that needs no scheme to be one: with a port, an address or a domain, or this host. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d+)?(?:\/|$)/i;
const PLAIN_WORD = /^(?!localhost(?:\/|$))[\w-]+(?:\/|$)/i;

/**
 * The root of a platform's API, from an address as people write it: without a scheme it is `http`,
 * and the path of the API at its end is left out. Throws TargetError.
 */
export function platformUrl(address: string): string {
  const url = parseUrl(address.trim());
  if (url === null)
    throw new TargetError(`TARGET_URL_INVALID: PLATFORM_URL=${address} is not a URL: expected http://host:port`);
  if (url.username !== '' || url.password !== '') throw loginError();
  if (!/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new TargetError(
      `TARGET_URL_INVALID: PLATFORM_URL=${address} is not the address of an API: expected http://host:port`,
    );
  return `${url.origin}${url.pathname.replace(/(?:\/api(?:\/v\d+)?)?\/*$/, '')}`;
}

function parseUrl(text: string): URL | null {
  const hasScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(text);
  if (!hasScheme && (!HOST.test(text) || PLAIN_WORD.test(text))) return null;
  const url = hasScheme ? text : `http://${text}`;
  return URL.canParse(url) ? new URL(url) : null;
}

/** The address is not repeated: it has a password. */
const loginError = () =>
  new TargetError(`TARGET_URL_INVALID: the address has a login: expected http://host:port and TEST_USER_LOGIN`);
