import { IPv4, IPv6, parse, parseCIDR } from 'ipaddr.js';

/**
 * `public`: anybody's. `listable`: of this host or its own network, for those that the allow list names. `never`: no
 * list opens it.
 */
export interface Kind {
  readonly is: 'public' | 'listable' | 'never';
  /** `a loopback address`. */
  readonly what: string;
}

type Address = IPv4 | IPv6;

const PUBLIC: Kind = { is: 'public', what: 'a public address' };

const KINDS: Readonly<Record<string, Kind>> = {
  loopback: { is: 'listable', what: 'a loopback address' },
  private: { is: 'listable', what: 'a private address' },
  uniqueLocal: { is: 'listable', what: 'a private address' },
  carrierGradeNat: { is: 'listable', what: 'an address of a carrier' },
  linkLocal: { is: 'never', what: 'a link-local address' },
  multicast: { is: 'never', what: 'a multicast address' },
  broadcast: { is: 'never', what: 'a broadcast address' },
  unspecified: { is: 'never', what: 'an unspecified address' },
};

/** Where clouds answer with an instance's credentials; some of them are public or private by their numbers. */
const METADATA = new Set(['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254']);

/** All that is given out to the public; beyond it lie addresses that wrap others, or have no owner yet. */
const GLOBAL_V6 = parseCIDR('2000::/3');

/** What an address is, however it is written. Text that is none is never public. */
export function kindOf(text: string): Kind {
  const address = addressOf(text);
  if (address === null) return { is: 'never', what: 'no address' };
  if (METADATA.has(address.toString())) return { is: 'never', what: 'a metadata address' };
  const range = address.range();
  if (range !== 'unicast') return KINDS[range] ?? { is: 'never', what: `an address for special use (${range})` };
  if (address instanceof IPv4 || address.match(GLOBAL_V6)) return PUBLIC;
  return { is: 'never', what: 'an address that nobody owns' };
}

/** One spelling of each address; an IPv4 address inside IPv6 is that IPv4 address. Null for text that is none. */
export const canonical = (text: string): string | null => addressOf(text)?.toString() ?? null;

function addressOf(text: string): Address | null {
  if (text.includes('%')) return null; // a zone: of use on this host's own links only
  try {
    const address = parse(text);
    return address instanceof IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
  } catch {
    return null;
  }
}

/** Is it an address in the one form that a URL's host has: four decimals, or IPv6 without brackets? */
export function isAddress(host: string): boolean {
  if (host.includes(':')) return addressOf(host) !== null;
  return IPv4.isValidFourPartDecimal(host) && parse(host).toString() === host;
}
