import { getServers } from 'node:dns';
import { canonicalAddress } from '../../egress/addresses';
import { parseAllowList, type AllowListEntry } from '../../egress/allow-list';
import type { EgressPolicy } from '../../egress/egress-guard';
import type { PlatformAddress } from './platform-network';
import type { LoopbackAddress } from './sandbox-spec';

/**
 * What programs in the network `full` may reach on the loopback interface: the platform, what the
 * operator allows for requests, and name servers.
 */
export function allowedLoopback(
  { host, ports }: PlatformAddress,
  { allow, nameServers }: EgressPolicy,
  hostNameServers: readonly string[] = getServers(),
): LoopbackAddress[] {
  const entries = [
    ...ports.map((port) => ({ host, port })),
    ...allow,
    ...[...(nameServers ?? []), ...hostNameServers].flatMap(nameServer),
  ];
  return entries.flatMap(({ host: name, port }) =>
    addressesOf(name)
      .filter(isLoopback)
      .map((address): LoopbackAddress => [address, port ?? 0]),
  );
}

const DNS_PORT = 53;

/** `127.0.0.53`, or with a port `127.0.0.1:5353`. */
const nameServer = (text: string): readonly AllowListEntry[] =>
  canonicalAddress(text) === null ? (parseAllowList(text) ?? []) : [{ host: text, port: DNS_PORT }];

const addressesOf = (name: string): string[] =>
  name === 'localhost' ? ['127.0.0.1', '::1'] : [canonicalAddress(name) ?? ''];

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
