import type { Json } from '../../contract/json';
import { containsAddress, parseAddressList } from '../base/http/address-list';
import { enabledSection } from './settings';

/**
 * Whether the webhook's list allows an address. Without a list all are allowed; with one, only
 * addresses, and an entry that is neither an address nor a range allows none.
 */
export function isAddressAllowed(config: Json, address: string | null): boolean {
  const allowList = enabledSection(config, 'ip_whitelist');
  if (allowList === null) return true;
  const ips = Array.isArray(allowList.ips) ? allowList.ips.filter((ip) => typeof ip === 'string') : [];
  return address !== null && containsAddress(parseAddressList(ips).list, address);
}
