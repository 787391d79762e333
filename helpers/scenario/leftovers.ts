import type { Client } from '../client/client';

/** Refs of all objects on the target that start with the prefix. */
export async function findLeftovers(client: Client, prefix: string): Promise<string[]> {
  const lists = await Promise.all([
    client.packs.list(),
    client.actions.list(),
    client.workflows.list(),
    client.triggers.list(),
    client.rules.list(),
    client.keys.list(),
  ]);
  return lists.flat().flatMap(({ ref }) => (ref.startsWith(prefix) ? [ref] : []));
}
