import type { Json } from '../../../../contract/json';
import { OWNER_TYPES, type CreateKey, type OwnerType } from '../../../../contract/keys';
import type { Client } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/claim';
import { storeKey } from '../../../../helpers/scenario/resources/stored-keys';

export type KeyValue = Json;

/** One value of each type; none is in another one. */
export const VALUES: Readonly<Record<string, (word: string) => Json>> = {
  object: (word) => ({ user: `u-${word}`, nested: { port: 5_432, tags: ['x', null], on: false } }),
  list: (word) => [`l-${word}`, 1.5, true, { of: word }],
  number: () => 12_345.75,
  text: (word) => `t-${word} "quoted" \\ $HOME é`,
  empty: () => '',
};

/**
 * What reads the keys of an owner, besides the API: the processes of its own action, those of an
 * action of another pack, and the expressions of a workflow of its pack.
 */
export const READ_BY: Readonly<Record<OwnerType, readonly ('own' | 'other' | 'keystore')[]>> = {
  system: ['own', 'other', 'keystore'],
  pack: ['own', 'keystore'],
  action: ['own'],
  sensor: [],
  identity: [],
};

/** What owns the keys. */
export interface Owners {
  readonly pack: string;
  readonly action: string;
  readonly sensor: string;
  readonly identity: number;
}

export interface StoredKey {
  readonly ref: string;
  readonly name: string;
  readonly type: OwnerType;
  readonly kind: string;
  readonly encrypted: boolean;
  readonly value: Json;
}

const ownerFields = (type: OwnerType, { pack, action, sensor, identity }: Owners): Partial<CreateKey> =>
  ({
    system: {},
    identity: { owner_identity: identity },
    pack: { owner_pack_ref: pack },
    action: { owner_action_ref: action },
    sensor: { owner_sensor_ref: sensor },
  })[type];

/**
 * Of one name, a key of each owner that gives its keys to processes: the later one takes
 * precedence.
 */
const sameNames = (word: string): StoredKey[] =>
  (['system', 'pack', 'action'] as const).map((type) => {
    const ref = `${word}.${type}_same`;
    return { ref, name: 'same', type, kind: 'same', encrypted: false, value: `${ref} of ${type}` };
  });

/** Every owner, plain and encrypted, with values of these types, and those of one name. */
export function keyTable(word: string, kinds: readonly string[]): StoredKey[] {
  const all = OWNER_TYPES.flatMap((type) =>
    [false, true].flatMap((encrypted) =>
      kinds.map((kind) => {
        const name = `${type}_${encrypted ? 'secret' : 'plain'}_${kind}`;
        return { ref: `${word}.${name}`, name, type, kind, encrypted, value: VALUES[kind]!(`${name}-${word}`) };
      }),
    ),
  );
  return [...all, ...sameNames(word)];
}

/**
 * Stores them through the API, those of one name from the last owner on. They are removed with the
 * tenant or after the test.
 */
export async function storeKeys(ctx: Context, keys: readonly StoredKey[], owners: Owners): Promise<void> {
  const store = ({ ref, name, type, encrypted, value }: StoredKey) =>
    storeKey(ctx, { ref, name, value, encrypted, owner_type: type, ...ownerFields(type, owners) });
  const isOfOneName = ({ kind }: StoredKey) => kind === 'same';
  await Promise.all(keys.filter((key) => !isOfOneName(key)).map(store));
  for (const key of keys.filter(isOfOneName).reverse()) await store(key);
}

/** By name, the values of the keys that are read at a place. */
export const valuesReadBy = (keys: readonly StoredKey[], place: 'own' | 'other' | 'keystore'): Record<string, Json> =>
  Object.fromEntries(keys.filter(({ type }) => READ_BY[type].includes(place)).map(({ name, value }) => [name, value]));

/** Other keys of the same names and owners. */
export const renewed = (keys: readonly StoredKey[]): StoredKey[] =>
  keys.map((key) => ({ ...key, ref: `${key.ref}_renewed` }));

/** Refs of the keys that a search for them finds. */
export async function foundBySearch({ search }: Client, keys: readonly StoredKey[]): Promise<string[]> {
  const found = await Promise.all(keys.map(({ ref }) => search.find(ref, 'exact')));
  return found.flatMap(({ hits }) => hits.map(({ ref }) => ref));
}
