import { canonicalAddress } from './addresses';

/** One entry of `PLATFORM_EGRESS_ALLOW`. */
export interface AllowListEntry {
  /** A name in lower case, or a canonical address. */
  readonly host: string;
  /** Null: every port. */
  readonly port: number | null;
}

/** Addresses that requests on behalf of users may reach. */
export interface EgressPolicy {
  /** Hosts of the platform's own network that are allowed. */
  readonly allow: readonly AllowListEntry[];
  /** Name servers, `address:port`; null: the host's resolver. */
  readonly nameServers: readonly string[] | null;
}

const ENTRY = /^(?:\[([^\]\s]+)\]|([^:\s[\]]+)):(\d{1,5}|\*)$/;
const MAX_PORT = 65_535;

/** Parses `127.0.0.1:8081,[::1]:9000,mirror.local:*`. Null when an entry is invalid. */
export function parseAllowList(text: string): AllowListEntry[] | null {
  const entries = text.split(',').map((entry) => entry.trim());
  const parsed = entries.filter((entry) => entry !== '').map(parseEntry);
  return parsed.every((entry) => entry !== null) ? parsed : null;
}

function parseEntry(entry: string): AllowListEntry | null {
  const [, inBrackets, bare, port] = ENTRY.exec(entry) ?? [];
  const host = inBrackets === undefined ? bare : canonicalAddress(inBrackets);
  if (!host || port === undefined) return null;
  if (port !== '*' && (Number(port) < 1 || Number(port) > MAX_PORT)) return null;
  return {
    host: canonicalAddress(host) ?? host.toLowerCase().replace(/\.$/, ''),
    port: port === '*' ? null : Number(port),
  };
}

/** Whether the list contains this host or address with this port. */
export const isOnAllowList = (list: readonly AllowListEntry[], host: string, port: number): boolean =>
  list.some((entry) => entry.host === (canonicalAddress(host) ?? host) && (entry.port === null || entry.port === port));
