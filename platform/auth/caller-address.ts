import type { IncomingHttpHeaders } from 'node:http';
import type { BlockList } from 'node:net';
import { containsAddress, unmapIpv4 } from '../address-list';

/**
 * The address that a request comes from: the peer of its socket, or, where the peer is a trusted
 * proxy, the address that the proxy names. `X-Forwarded-For` is read as a whole: a list is no
 * address. Null where there is none.
 */
export function callerAddress(
  peer: string | undefined,
  headers: IncomingHttpHeaders,
  trustedProxies: BlockList,
): string | null {
  if (peer === undefined) return null;
  const address = unmapIpv4(peer);
  if (!containsAddress(trustedProxies, address)) return address;
  const forwarded = headers['x-forwarded-for'] ?? headers['x-real-ip'];
  return typeof forwarded === 'string' ? unmapIpv4(forwarded.trim()) : address;
}
