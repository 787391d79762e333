import type { IncomingHttpHeaders } from 'node:http';
import { isIP, type BlockList } from 'node:net';
import { containsAddress, unmapIpv4 } from '../address-list';

/**
 * The address that a request comes from: the peer of its socket, or, where the peer is a trusted
 * proxy, the last address of `X-Forwarded-For` that is not one: each proxy appends the address of
 * its own peer, and what is to the left of an untrusted one may be forged. Null where there is
 * none, or where a trusted proxy names something else than an address.
 */
export function callerAddress(
  peer: string | undefined,
  headers: IncomingHttpHeaders,
  trustedProxies: BlockList,
): string | null {
  if (peer === undefined) return null;
  let address = unmapIpv4(peer);
  for (const text of namedAddresses(headers)) {
    if (!containsAddress(trustedProxies, address)) return address;
    const named = unmapIpv4(withoutPort(text));
    if (isIP(named) === 0) return null;
    address = named;
  }
  return address;
}

/** From the proxy that is nearest to the one furthest away. */
function namedAddresses(headers: IncomingHttpHeaders): string[] {
  const forwarded = headers['x-forwarded-for'] ?? headers['x-real-ip'] ?? [];
  const lists = Array.isArray(forwarded) ? forwarded : [forwarded];
  return lists
    .flatMap((list) => list.split(','))
    .map((text) => text.trim())
    .reverse();
}

/** Some proxies write `203.0.113.7:4711` and `[2001:db8::1]:4711`. */
const withoutPort = (text: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
