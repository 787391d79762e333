import type { Client } from './client/client';

/** Refs of everything that still begins with the prefix. A test file leaves none. */
export async function leftovers(client: Client, prefix: string): Promise<string[]> {
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
