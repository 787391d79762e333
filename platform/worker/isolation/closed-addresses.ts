import { getServers } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { canonicalAddress, METADATA_ADDRESSES } from '../../base/http/addresses';
import { parseAllowList, type AllowListEntry } from '../../base/http/allow-list';
import type { EgressPolicy } from '../../base/http/allow-list';
import { errorMessage } from '../../base/error-details';
import type { PlatformAddress } from './platform-network';
import type { AllowedAddress, ClosedAddresses } from './confinement-spec';

interface Addresses extends EgressPolicy {
  readonly platform: PlatformAddress;
  readonly ofHost: boolean;
  readonly onWarning: (text: string) => void;
  /** Of this host; those of Node if absent. */
  readonly hostNameServers?: readonly string[];
}

/** Lead to services of the network that the host is in, which know it by its address. */
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'];

/**
 * What programs in the network `full` do not reach. Allowed are the platform, what the operator
 * allows for requests, and name servers. Names stand for the addresses that they have now.
 */
export async function closedAddresses(options: Addresses): Promise<ClosedAddresses> {
  const { platform, allow, nameServers, ofHost, onWarning, hostNameServers = getServers() } = options;
  const entries = [
    ...platform.ports.map((port) => ({ host: platform.host, port })),
    ...allow,
    ...[...(nameServers ?? []), ...hostNameServers].flatMap(nameServer),
  ];
  const addressesOf = rememberedAddresses(onWarning);
  const allowed = await Promise.all(
    entries.map(async ({ host, port }) =>
      (await addressesOf(host)).map((address): AllowedAddress => [address, port ?? 0]),
    ),
  );
  return { ranges: [...LINK_LOCAL, ...METADATA_ADDRESSES], ofHost, allowed: allowed.flat() };
}

const DNS_PORT = 53;
/** Of an address that is valid on one link: `fe80::1%eth0`. */
const ZONE = /%.*$/;

/** `127.0.0.53`, or with a port `127.0.0.1:5353`. */
const nameServer = (text: string): readonly AllowListEntry[] => {
  const host = canonicalAddress(text.replace(ZONE, ''));
  return host === null ? (parseAllowList(text) ?? []) : [{ host, port: DNS_PORT }];
};

function rememberedAddresses(onWarning: Addresses['onWarning']): (host: string) => Promise<readonly string[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  return (host) => {
    const addresses = known.get(host) ?? resolveHost(host, onWarning);
    known.set(host, addresses);
    return addresses;
  };
}

async function resolveHost(host: string, onWarning: Addresses['onWarning']): Promise<readonly string[]> {
  const address = canonicalAddress(host);
  if (address !== null) return [address];
  if (host === 'localhost') return ['127.0.0.1', '::1'];
  try {
    return (await lookup(host, { all: true })).flatMap((found) => canonicalAddress(found.address) ?? []);
  } catch (error) {
    onWarning(`programs reach ${host} only where it is no address of this host: ${errorMessage(error)}`);
    return [];
  }
}
