import type { Client } from '../../helpers/client/client';

/** Creates an action that runs a shell program, in a new pack. Returns its ref. */
export async function createShellAction(client: Client, ref: string, entrypoint: string): Promise<string> {
  const [pack] = ref.split('.') as [string];
  await client.packs.create({ ref: pack, label: pack, version: '1.0.0' });
  await client.actions.create({ ref, pack_ref: pack, label: ref, runtime_ref: 'core.shell', entrypoint });
  return ref;
}
