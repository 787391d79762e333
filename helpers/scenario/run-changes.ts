import type { Client } from '../client/client';
import { connectNotifier } from '../client/notifier-socket';
import { resolveNotifierUrl } from '../target/notifier-address';
import { findRunFacts, type RunFacts } from '../target/run-facts';
import { ChangeFeed, type ChangeFilter } from './change-feed';

/** The entities that conditions read. */
const FILTERS = ['execution', 'inquiry', 'event', 'enforcement'].map((type) => `entity_type:${type}`);
/** A target without it may notify nothing. */
const CAPABILITY = 'notify.executions';

let feed: ChangeFeed | null = null;

/** The changes that the run's own user may read; null on a target that does not notify them. */
export function changesOfRun(): ChangeFeed | null {
  const facts = findRunFacts();
  if (facts === null || !Object.hasOwn(facts.capabilities, CAPABILITY)) return null;
  return (feed ??= openFeed(facts));
}

/** Closes the connection of this process: after the last test of a file. */
export async function closeChangesOfRun(): Promise<void> {
  await feed?.close();
}

const openFeed = ({ url, token, capabilities }: RunFacts): ChangeFeed =>
  new ChangeFeed(async (onChange) => {
    const socket = await connectNotifier({ url: resolveNotifierUrl(url, capabilities, process.env), token }, onChange);
    await socket.subscribe(...FILTERS);
    return socket;
  });

const ownClients = new WeakSet<Client>();

/** Registers a client of the run's own user on the target of the run. Returns it. */
export function asOwnClient(client: Client): Client {
  ownClients.add(client);
  return client;
}

/** The filter for rows that this client reads; undefined if the run's user may not read them. */
export const changesFor = (client: Client, filter: ChangeFilter): ChangeFilter | undefined =>
  ownClients.has(client) ? filter : undefined;
