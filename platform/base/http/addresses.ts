import { IPv4, IPv6, parse, parseCIDR } from 'ipaddr.js';

/**
 * `public`: reachable by everyone. `listable`: of this host or its network, allowed when the allow
 * list contains it. `never`: always blocked.
 */
interface AddressClass {
  readonly access: 'public' | 'listable' | 'never';
  /** `a loopback address`. */
  readonly description: string;
}

type Address = IPv4 | IPv6;

const PUBLIC_ADDRESS: AddressClass = { access: 'public', description: 'a public address' };

const RANGE_CLASSES: Readonly<Record<string, AddressClass>> = {
  loopback: { access: 'listable', description: 'a loopback address' },
  private: { access: 'listable', description: 'a private address' },
  uniqueLocal: { access: 'listable', description: 'a private address' },
  carrierGradeNat: { access: 'listable', description: 'a carrier-grade NAT address' },
  linkLocal: { access: 'never', description: 'a link-local address' },
  multicast: { access: 'never', description: 'a multicast address' },
  broadcast: { access: 'never', description: 'a broadcast address' },
  unspecified: { access: 'never', description: 'an unspecified address' },
};

/** Cloud metadata services, which return credentials; some are in public or private ranges. */
export const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  'fd00:ec2::254',
]);

/** Allocated global unicast; other ranges embed IPv4 addresses or are unallocated. */
const GLOBAL_V6 = parseCIDR('2000::/3');

/** Classifies an address in any notation. Text that is not an address is `never`. */
export function classifyAddress(text: string): AddressClass {
  const address = parseAddress(text);
  if (address === null) return { access: 'never', description: 'not an address' };
  if (METADATA_ADDRESSES.has(address.toString())) return { access: 'never', description: 'a metadata address' };
  const range = address.range();
  if (range !== 'unicast')
    return RANGE_CLASSES[range] ?? { access: 'never', description: `an address for special use (${range})` };
  if (address instanceof IPv4 || address.match(GLOBAL_V6)) return PUBLIC_ADDRESS;
  return { access: 'never', description: 'an unallocated address' };
}

/** The canonical form of an address; an IPv4-mapped one becomes IPv4. Null for other text. */
export const canonicalAddress = (text: string): string | null => parseAddress(text)?.toString() ?? null;

function parseAddress(text: string): Address | null {
  if (text.includes('%')) return null; // a zone index, valid only on this host's own links
  try {
    const address = parse(text);
    return address instanceof IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
  } catch {
    return null;
  }
}

/** Whether a URL's host is an address: four decimals, or IPv6 without brackets. */
export function isAddress(host: string): boolean {
  if (host.includes(':')) return parseAddress(host) !== null;
  return IPv4.isValidFourPartDecimal(host) && parse(host).toString() === host;
}
