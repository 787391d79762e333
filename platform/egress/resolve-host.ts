import { lookup, Resolver } from 'node:dns/promises';
import { errorCode } from '../base/error-details';
import { isAddress } from '../base/http/addresses';
import { EgressError } from './egress-error';

/** All addresses of a name. Throws EgressError CONNECTION when it has none. */
export type ResolveHost = (host: string) => Promise<string[]>;

const DNS_TIMEOUT_MS = 2_000;
const DNS_TRIES = 2;

/** Never sent to a name server: these names are this host. */
const LOCALHOST = /(^|\.)localhost$/;

/** Resolves by these servers (`address:port`); null: by the host's resolver. */
export function createResolver(servers: readonly string[] | null): ResolveHost {
  const query = servers === null ? queryHost : queryServers(servers);
  return async (host) => {
    if (isAddress(host)) return [host];
    if (LOCALHOST.test(host)) return ['127.0.0.1', '::1'];
    const addresses = await query(host);
    if (addresses.length === 0) throw new EgressError('CONNECTION', `${host} has no address`);
    return addresses;
  };
}

async function queryHost(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
  } catch (error) {
    throw resolutionError(host, error);
  }
}

const queryServers = (servers: readonly string[]): ResolveHost => {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  resolver.setServers(servers);
  return async (host) => {
    const results = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    const failed = results.find((result) => result.status === 'rejected');
    if (addresses.length === 0 && failed) throw resolutionError(host, failed.reason);
    return addresses;
  };
};

const resolutionError = (host: string, error: unknown): EgressError => {
  return new EgressError('CONNECTION', `${host} cannot be resolved (${errorCode(error) ?? 'no response'})`);
};
