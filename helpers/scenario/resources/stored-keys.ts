import type { Json } from '../../../contract/json';
import type { CreateKey } from '../../../contract/keys';
import type { Client } from '../../client/client';
import type { Context } from '../context';

/** The owner of a key that only the processes of this action of the test's packs receive. */
export const ownedByAction = (ctx: Pick<Context, 'action'>, action: string) => ({
  owner_type: 'action' as const,
  owner_action_ref: ctx.action(action),
});

/** The owner of a key of a pack. */
export const ownedByPack = (pack: string) => ({ owner_type: 'pack' as const, owner_pack_ref: pack });

type StoredKey = Omit<CreateKey, 'name'> & { readonly name?: string };

/** Creates a key whose name is its ref, unless another is given. Cleanup removes it. */
export async function storeKey(
  { client, defer }: Pick<Context, 'client' | 'defer'>,
  key: StoredKey,
): ReturnType<Client['keys']['create']> {
  const stored = await client.keys.create({ name: key.ref, ...key });
  defer(() => client.keys.removeIfExists(key.ref));
  return stored;
}

/**
 * A client that may not decrypt the key sees that it is encrypted, and no value, by its ref and in
 * the list. Returns both responses.
 */
export async function expectMasked({ keys }: Client, ref: string): Promise<object[]> {
  const key = await keys.get(ref);
  const listed = (await keys.list()).filter((each) => each.ref === ref);
  const shown = [key.encrypted, key.value, listed.map(({ encrypted }) => encrypted)];
  expect(shown).toEqual([true, null, [true]]);
  return [key, listed];
}

/**
 * Stores a key of a pack, encrypted unless `isPlain`, for this test. Each process of the pack
 * receives it as parameter `name`. Returns its ref.
 */
export async function createPackKey(
  ctx: Pick<Context, 'client' | 'defer'>,
  pack: string,
  name: string,
  value: Json,
  { isPlain = false }: { isPlain?: boolean } = {},
): Promise<string> {
  const ref = `${pack}.${name}`;
  await storeKey(ctx, { ref, name, value, ...ownedByPack(pack), ...(!isPlain && { encrypted: true }) });
  return ref;
}
