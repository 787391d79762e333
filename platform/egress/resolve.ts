import { lookup, Resolver } from 'node:dns/promises';
import { isAddress } from './addresses';
import { EgressRefused } from './refused';

/** All addresses of a name. Throws EgressRefused CONNECTION when it has none. */
export type Resolve = (host: string) => Promise<string[]>;

const ANSWER_MS = 2_000;
const TRIES = 2;

/** Never a question for a name server: these are this host, whatever a server says. */
const LOCAL = /(^|\.)localhost$/;

/** By these servers (`address:port`); null: as this host resolves names. */
export function resolverOf(servers: readonly string[] | null): Resolve {
  const ask = servers === null ? askHost : askServers(servers);
  return async (host) => {
    if (isAddress(host)) return [host];
    if (LOCAL.test(host)) return ['127.0.0.1', '::1'];
    const found = await ask(host);
    if (found.length === 0) throw new EgressRefused('CONNECTION', `${host} has no address`);
    return found;
  };
}

async function askHost(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
  } catch (error) {
    throw unresolved(host, error);
  }
}

const askServers = (servers: readonly string[]): Resolve => {
  const resolver = new Resolver({ timeout: ANSWER_MS, tries: TRIES });
  resolver.setServers(servers);
  return async (host) => {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (found.length === 0 && failed) throw unresolved(host, failed.reason);
    return found;
  };
};

const unresolved = (host: string, error: unknown): EgressRefused => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
  return new EgressRefused('CONNECTION', `${host} cannot be resolved (${code})`);
};
