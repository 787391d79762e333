import { TargetError } from './target-error';

/** A host that needs no scheme to be one: with a port, an address or a domain, or this host. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d+)?(?:\/|$)/i;
const PLAIN_WORD = /^(?!localhost(?:\/|$))[\w-]+(?:\/|$)/i;

/** An address of version 6 without its brackets. */
const IPV6 = /^(?:https?:\/\/)?[\da-f]*:[\da-f:.]*:[\da-f.]*(?:\/|$)/i;

/**
 * The root of a platform's API, from an address as people write it: without a scheme it is `http`,
 * and the path of the API at its end is left out. Throws TargetError, which names the variable.
 */
export function platformUrl(address: string, variable = 'PLATFORM_URL'): string {
  const url = parseUrl(address.trim());
  if (url === null)
    throw new TargetError(
      `TARGET_URL_INVALID: ${variable}=${address} is not a URL: expected ${IPV6.test(address) ? 'http://[address]:port' : 'http://host:port'}`,
    );
  if (url.username !== '' || url.password !== '') throw loginError();
  if (!/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new TargetError(
      `TARGET_URL_INVALID: ${variable}=${address} is not the address of an API: expected http://host:port`,
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

const RESPONSE_TIMEOUT_MS = 2_000;

/** The status of a response; null: there is none. */
async function statusOf(url: string): Promise<number | null> {
  try {
    return (await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS) })).status;
  } catch {
    return null;
  }
}

/** Another address at which a platform responds, as the end of a sentence; empty: none is seen. */
export async function addressToUse(url: string): Promise<string> {
  const { origin, protocol } = new URL(url);
  if (protocol === 'https:') {
    const plain = url.replace(/^https/, 'http');
    if ((await statusOf(`${plain}/health`)) !== null) return `; use ${plain}`;
  }
  return origin !== url && (await statusOf(`${origin}/health`)) === 200 ? `; use ${origin}` : '';
}
