import type { IncomingHttpHeaders } from 'node:http';
import { isIP, type BlockList, type Socket } from 'node:net';
import { containsAddress, unmapIpv4 } from '../base/http/address-list';

/** A socket, as far as its other end is concerned. */
type Peer = Pick<Socket, 'remoteAddress'>;

/** Sockets whose peers are no proxies, whatever their addresses are. */
const withoutProxy = new WeakSet<Peer>();

/** No header of a request on this socket names another address than its peer's. */
export const distrustHeaders = (socket: Peer): void => void withoutProxy.add(socket);

/**
 * The address that a request comes from: the peer of its socket, or, where the peer is a trusted
 * proxy, the last address of `X-Forwarded-For` that is not one: each proxy appends the address of
 * its own peer, and what is to the left of an untrusted one may be forged. Null where there is
 * none, or where a trusted proxy names something else than an address.
 */
export function callerAddress(socket: Peer, headers: IncomingHttpHeaders, trustedProxies: BlockList): string | null {
  let address = peerAddress(socket);
  if (address === null || withoutProxy.has(socket)) return address;
  for (const text of namedAddresses(headers)) {
    if (!containsAddress(trustedProxies, address)) return address;
    const named = unmapIpv4(withoutPort(text));
    if (isIP(named) === 0) return null;
    address = named;
  }
  return address;
}

export const peerAddress = ({ remoteAddress: peer }: Peer): string | null =>
  peer === undefined ? null : unmapIpv4(peer);

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
