import { BlockList, isIP } from 'node:net';

const IPV4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const PREFIX_LENGTH = /^\d{1,3}$/;

/** `::ffff:10.0.0.1` is 10.0.0.1. */
export const unmapIpv4 = (address: string): string => IPV4_MAPPED.exec(address)?.[1] ?? address;

/** Addresses and CIDR ranges. `invalid`: the entries that are neither; they contain no address. */
export function parseAddressList(entries: readonly string[]): { readonly list: BlockList; readonly invalid: string[] } {
  const list = new BlockList();
  const invalid = entries.filter((entry) => !addEntry(list, entry.trim()));
  return { list, invalid };
}

/** False: the entry is no address and no range. */
function addEntry(list: BlockList, entry: string): boolean {
  const [written = '', prefixLength, ...more] = entry.split('/');
  const address = unmapIpv4(written);
  // The prefix of a mapped range counts the bits of IPv6.
  if (more.length > 0 || (address !== written && prefixLength !== undefined)) return false;
  const version = isIP(address);
  if (version === 0) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (prefixLength === undefined) list.addAddress(address, family);
  else if (PREFIX_LENGTH.test(prefixLength) && Number(prefixLength) <= (version === 6 ? 128 : 32)) {
    list.addSubnet(address, Number(prefixLength), family);
  } else return false;
  return true;
}

/** Whether the list contains the address; false for a text that is no address. */
export function containsAddress(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}
