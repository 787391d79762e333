import { BlockList, isIP } from 'node:net';
import type { Json } from '../../contract/json';
import { unmapIpv4 } from '../auth/caller-address';
import { enabledSection } from './settings';

/**
 * Whether the webhook's list allows an address. Without a list all are allowed; with one, only
 * addresses.
 */
export function isAddressAllowed(config: Json, address: string | null): boolean {
  const allowList = enabledSection(config, 'ip_whitelist');
  if (allowList === null) return true;
  const family = address === null ? 0 : isIP(address);
  if (address === null || family === 0) return false;
  const ips = Array.isArray(allowList.ips) ? allowList.ips.filter((ip) => typeof ip === 'string') : [];
  return parseAddresses(ips).check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Addresses and CIDR ranges; an entry that is neither allows no address. */
function parseAddresses(entries: readonly string[]): BlockList {
  const allowed = new BlockList();
  for (const entry of entries) {
    const [address = '', prefixLength] = entry.trim().split('/', 2);
    const family = isIP(unmapIpv4(address)) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(unmapIpv4(address)) === 0) continue;
    if (prefixLength === undefined) allowed.addAddress(unmapIpv4(address), family);
    else if (/^\d{1,3}$/.test(prefixLength) && Number(prefixLength) <= (family === 'ipv6' ? 128 : 32)) {
      allowed.addSubnet(unmapIpv4(address), Number(prefixLength), family);
    }
  }
  return allowed;
}
