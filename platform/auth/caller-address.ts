import type { IncomingHttpHeaders } from 'node:http';

const IPV4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** `::ffff:10.0.0.1` is 10.0.0.1. */
export const unmapIpv4 = (address: string): string => IPV4_MAPPED.exec(address)?.[1] ?? address;

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/**
 * The address that a request comes from: the peer of its socket, or, where the peer is a trusted
 * proxy (loopback), the address that the proxy names. `X-Forwarded-For` is read as a whole: a list
 * is no address. Null where there is none.
 */
export function callerAddress(peer: string | undefined, headers: IncomingHttpHeaders): string | null {
  const address = peer === undefined ? null : unmapIpv4(peer);
  if (address !== null && !isLoopback(address)) return address;
  const forwarded = headers['x-forwarded-for'] ?? headers['x-real-ip'];
  return typeof forwarded === 'string' ? unmapIpv4(forwarded.trim()) : address;
}
