import type { Client } from '../client/client';

/** Refs of all objects on the target that start with one of the prefixes. */
export async function findLeftovers(client: Client, prefixes: readonly string[]): Promise<string[]> {
  const lists = await Promise.all([
    client.packs.list(),
    client.actions.list(),
    client.workflows.list(),
    client.triggers.list(),
    client.rules.list(),
    client.keys.list(),
  ]);
  const refs = lists.flat().map(({ ref }) => ref);
  return refs.filter((ref) => prefixes.some((prefix) => ref.startsWith(prefix)));
}
