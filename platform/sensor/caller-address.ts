import { BlockList, isIP } from 'node:net';
import { isObject, type Json } from '../../contract/json';
import type { Headers } from './webhook-signature';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** `::ffff:10.0.0.1` is 10.0.0.1. */
const plain = (address: string): string => MAPPED.exec(address)?.[1] ?? address;

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/**
 * The address a request comes from: its socket's peer, unless that is a trusted proxy (loopback), which says whom it
 * speaks for. `X-Forwarded-For` counts as a whole: several hops are no address. Null where there is none.
 */
export function callerAddress(peer: string | undefined, headers: Headers): string | null {
  const address = peer === undefined ? null : plain(peer);
  if (address !== null && !isLoopback(address)) return address;
  const said = headers['x-forwarded-for'] ?? headers['x-real-ip'];
  return typeof said === 'string' ? plain(said.trim()) : address;
}

/** Whether the webhook's list lets an address in. Without a list all are; with one, what is no address is not. */
export function isAddressAllowed(config: Json, address: string | null): boolean {
  const list = isObject(config) ? config.ip_whitelist : undefined;
  if (!isObject(list) || list.enabled !== true) return true;
  const family = address === null ? 0 : isIP(address);
  if (address === null || family === 0) return false;
  const ips = Array.isArray(list.ips) ? list.ips.filter((ip) => typeof ip === 'string') : [];
  return listOf(ips).check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Addresses and CIDR ranges; an entry that is neither lets nobody in. */
function listOf(entries: readonly string[]): BlockList {
  const allowed = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.trim().split('/', 2);
    const kind = isIP(plain(address)) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(plain(address)) === 0) continue;
    if (bits === undefined) allowed.addAddress(plain(address), kind);
    else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 'ipv6' ? 128 : 32)) {
      allowed.addSubnet(plain(address), Number(bits), kind);
    }
  }
  return allowed;
}
