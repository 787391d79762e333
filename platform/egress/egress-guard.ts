import { classifyAddress } from '../base/http/addresses';
import { isOnAllowList, type EgressPolicy } from '../base/http/allow-list';
import { EgressError } from './egress-error';
import { createResolver, type ResolveHost } from './resolve-host';

/** A URL whose host was checked: connections go to these addresses only. */
export interface CheckedUrl {
  readonly url: URL;
  readonly addresses: readonly string[];
}

/** Resolves and checks a URL. Throws EgressError: EGRESS_BLOCKED, CONNECTION (unknown name). */
export type EgressGuard = (url: URL) => Promise<CheckedUrl>;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Names of cloud metadata services, blocked whatever they resolve to. */
const METADATA_HOSTS = /^(metadata|instance-data)(\.|$)|(^|\.)metadata\.(google|azure)\.internal$/;

export function createGuard(
  policy: EgressPolicy,
  resolve: ResolveHost = createResolver(policy.nameServers),
): EgressGuard {
  return async (url) => {
    const defaultPort = DEFAULT_PORTS[url.protocol];
    if (defaultPort === undefined)
      throw blockedError(`${url.protocol} is not supported: give an http or https address`);
    const host = normalizedHost(url);
    if (METADATA_HOSTS.test(host)) throw blockedError(`${host} is a metadata service`);
    const port = url.port === '' ? defaultPort : Number(url.port);
    const addresses = await resolve(host);
    for (const address of addresses) requireAllowed(policy, host, address, port);
    return { url, addresses };
  };
}

/** Every resolved address must be allowed: the connection may use any of them. */
function requireAllowed({ allow }: EgressPolicy, host: string, address: string, port: number): void {
  const addressClass = classifyAddress(address);
  if (addressClass.access === 'public') return;
  if (addressClass.access === 'listable' && (isOnAllowList(allow, host, port) || isOnAllowList(allow, address, port)))
    return;
  // The message omits the resolved address: it would reveal the internal network.
  throw blockedError(
    `${host} is ${addressClass.description}${addressClass.access === 'listable' ? ', and not allowed with this port' : ''}`,
  );
}

/** The host as it is resolved: lower case, no brackets, no trailing dot. */
const normalizedHost = (url: URL): string =>
  url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '')
    .toLowerCase();

/**
 * Parses the URL of a request. Throws EgressError: EGRESS_BLOCKED for a malformed host (a zone, a
 * number out of range), PARAMETER_INVALID for text that is not an absolute URL.
 */
export function parseEgressUrl(text: string, base?: URL): URL {
  try {
    return new URL(text, base);
  } catch {
    if (/^\s*[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw blockedError('the host of the URL is malformed');
    throw new EgressError('PARAMETER_INVALID', 'url must be an absolute URL, like https://example.com/path');
  }
}

const blockedError = (reason: string) => new EgressError('EGRESS_BLOCKED', reason);
