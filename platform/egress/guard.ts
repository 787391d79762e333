import { kindOf } from './addresses';
import { isAllowed, type Allowed } from './allow-list';
import { EgressRefused } from './refused';
import { resolverOf, type Resolve } from './resolve';

/** What requests that the platform makes for others may reach. */
export interface EgressPolicy {
  /** Hosts of our own network that may be asked all the same. */
  readonly allow: readonly Allowed[];
  /** Name servers, `address:port`; null: as this host resolves names. */
  readonly nameServers: readonly string[] | null;
}

/** A URL whose host was looked at: only these addresses may be connected to. */
export interface Checked {
  readonly url: URL;
  readonly addresses: readonly string[];
}

/** Says where a URL leads, once for each hop. Throws EgressRefused: EGRESS_BLOCKED, CONNECTION (no such name). */
export type Guard = (url: URL) => Promise<Checked>;

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Names under which clouds answer with an instance's credentials, whatever they resolve to. */
const METADATA = /^(metadata|instance-data)(\.|$)|(^|\.)metadata\.(google|azure)\.internal$/;

export function guardOf(policy: EgressPolicy, resolve: Resolve = resolverOf(policy.nameServers)): Guard {
  return async (url) => {
    const usual = PORTS[url.protocol];
    if (usual === undefined) throw blocked(`${url.protocol} is not asked: give an http or https address`);
    const host = hostOf(url);
    if (METADATA.test(host)) throw blocked(`${host} is a metadata service`);
    const port = url.port === '' ? usual : Number(url.port);
    const addresses = await resolve(host);
    for (const address of addresses) refuse(policy, host, address, port);
    return { url, addresses };
  };
}

/** All answers must do: of a mixed set the next look could take the other one. */
function refuse({ allow }: EgressPolicy, host: string, address: string, port: number): void {
  const kind = kindOf(address);
  if (kind.is === 'public') return;
  if (kind.is === 'listable' && (isAllowed(allow, host, port) || isAllowed(allow, address, port))) return;
  // Not what it resolves to: that would draw a map of the network inside.
  throw blocked(`${host} is ${kind.what}${kind.is === 'listable' ? ', and not allowed with this port' : ''}`);
}

/** As it is resolved: lower case, no brackets, no dot at the end. */
const hostOf = (url: URL): string =>
  url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '')
    .toLowerCase();

/**
 * Reads a URL as it will be asked. Throws EgressRefused: EGRESS_BLOCKED where its host can only be meant to be misread (a
 * zone, a number out of range), PARAMETER_INVALID where it is no URL at all.
 */
export function urlOf(text: string, base?: URL): URL {
  try {
    return new URL(text, base);
  } catch {
    if (/^\s*[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw blocked('the host of the address cannot be read');
    throw new EgressRefused('PARAMETER_INVALID', 'url must be a whole address, like https://example.com/path');
  }
}

const blocked = (what: string) => new EgressRefused('EGRESS_BLOCKED', what);
