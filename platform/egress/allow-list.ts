import { canonical } from './addresses';

/** One entry of `PLATFORM_EGRESS_ALLOW`. */
export interface Allowed {
  /** A name in lower case, or an address in its one spelling. */
  readonly host: string;
  /** Null: every port. */
  readonly port: number | null;
}

const ENTRY = /^(?:\[([^\]\s]+)\]|([^:\s[\]]+)):(\d{1,5}|\*)$/;
const MOST_PORT = 65_535;

/** Reads `127.0.0.1:8081,[::1]:9000,mirror.local:*`. Null when an entry is none. */
export function allowListOf(text: string): Allowed[] | null {
  const entries = text.split(',').map((entry) => entry.trim());
  const read = entries.filter((entry) => entry !== '').map(allowed);
  return read.every((entry) => entry !== null) ? read : null;
}

function allowed(entry: string): Allowed | null {
  const [, inBrackets, bare, port] = ENTRY.exec(entry) ?? [];
  const host = inBrackets === undefined ? bare : canonical(inBrackets);
  if (!host || port === undefined) return null;
  if (port !== '*' && (Number(port) < 1 || Number(port) > MOST_PORT)) return null;
  return { host: canonical(host) ?? host.toLowerCase().replace(/\.$/, ''), port: port === '*' ? null : Number(port) };
}

/** Does the list name this host, or the address that stands for it, with this port? */
export const isAllowed = (list: readonly Allowed[], host: string, port: number): boolean =>
  list.some((entry) => entry.host === (canonical(host) ?? host) && (entry.port === null || entry.port === port));
