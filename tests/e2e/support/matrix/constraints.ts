import type { JsonObject } from '../../../../contract/json';
import type { CreateKey } from '../../../../contract/keys';
import { createClient, type Client } from '../../../../helpers/client/client';
import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { randomName } from '../../../../helpers/scenario/names';
import { createChangeableSet, type ChangeableSet } from './changeable-set';
import { loggedInByToken, type TokenUser } from './granted-callers';
import { asGrant } from './grant-names';

/** A reader of keys, and the keys of each kind of owner. */
export interface ConstraintWorld {
  readonly reader: TokenUser;
  /** Of the reader. */
  readonly set: ChangeableSet;
  /** The refs of two packs. */
  readonly packs: readonly [string, string];
  /** Refs by name. */
  readonly keys: Readonly<Record<KeyName, string>>;
  /** Ids by name. */
  readonly ids: Readonly<Record<KeyName, number>>;
  readonly owners: KeyOwners;
}

type Owner = { readonly id: number; readonly ref: string };
/** Of keys: the first pack, and its components. */
type KeyOwners = Readonly<Record<'pack' | 'action' | 'sensor', Owner>>;

const KEYS = ['system', 'sealed', 'pack', 'otherPack', 'action', 'sensor', 'own', 'another'] as const;
export type KeyName = (typeof KEYS)[number];
const ALL: readonly KeyName[] = KEYS;
/** Without a constraint that names them, keys of others are private. */
const COMMON = ALL.filter((name) => name !== 'another');

/** Of the reader. */
const ATTRIBUTES = { team: 'ops', level: 1, places: ['here', 'there'], desk: { floor: 2, rooms: [4] } };

/** Constraints, and the keys that a grant with them opens. */
export const CONSTRAINTS: readonly (readonly [(world: ConstraintWorld) => JsonObject, readonly KeyName[]])[] = [
  [() => ({}), COMMON],
  [({ packs }) => ({ pack_refs: [packs[0]] }), ['pack', 'action', 'sensor']],
  [({ packs }) => ({ pack_refs: [packs[1], 'elsewhere'] }), ['otherPack']],
  [() => ({ pack_refs: [] }), []],
  [() => ({ owner: 'self' }), ['own']],
  [() => ({ owner: 'none' }), COMMON.filter((name) => name !== 'own')],
  [() => ({ owner: 'any' }), ALL],
  [() => ({ owner_types: ['sensor', 'action'] }), ['action', 'sensor']],
  [() => ({ owner_types: ['identity'] }), ['own', 'another']],
  [({ keys }) => ({ refs: [keys.sealed, keys.another] }), ['sealed', 'another']],
  [({ ids }) => ({ ids: [ids.own, ids.another] }), ['own', 'another']],
  [({ packs }) => ({ owner_refs: [packs[0]] }), ['pack']],
  [({ owners }) => ({ owner_refs: [owners.action.ref, owners.sensor.ref] }), ['action', 'sensor']],
  [({ reader }) => ({ owner_refs: [String(reader.id), 'system'] }), ['system', 'sealed', 'own']],
  [() => ({ encrypted: true }), ['sealed']],
  [() => ({ encrypted: false }), COMMON.filter((name) => name !== 'sealed')],
  [() => ({ attributes: { team: 'ops' } }), COMMON],
  [() => ({ attributes: { team: 'ops', level: 1 } }), COMMON],
  [() => ({ attributes: { team: 'ops', level: 2 } }), []],
  [() => ({ attributes: { team: 'ops', place: 'here' } }), []],
  [() => ({ attributes: { places: ['here', 'there'], desk: { rooms: [4], floor: 2 } } }), COMMON],
  [() => ({ attributes: { places: ['here'] } }), []],
  [() => ({ attributes: { desk: { floor: 2 } } }), []],
  [({ packs }) => ({ pack_refs: [packs[0]], owner_types: ['pack', 'system'] }), ['pack']],
  [({ packs }) => ({ pack_refs: [packs[0]], encrypted: true }), []],
];

/** Owners of new keys, as a request names them. */
const NEW_OWNERS: Readonly<Record<string, (owners: KeyOwners) => Omit<CreateKey, 'ref' | 'name' | 'value'>>> = {
  system: () => ({ owner_type: 'system' }),
  pack: ({ pack }) => ({ owner_type: 'pack', owner_pack_ref: pack.ref }),
  'pack by id': ({ pack }) => ({ owner_type: 'pack', owner_pack: pack.id }),
  action: ({ action }) => ({ owner_type: 'action', owner_action_ref: action.ref }),
  'action by id': ({ action }) => ({ owner_type: 'action', owner_action: action.id }),
  sensor: ({ sensor }) => ({ owner_type: 'sensor', owner_sensor_ref: sensor.ref }),
  'sensor by id': ({ sensor }) => ({ owner_type: 'sensor', owner_sensor: sensor.id }),
};

const ANY = Object.keys(NEW_OWNERS);
const IN_PACK = ANY.filter((name) => name !== 'system');
const PACKS = ['pack', 'pack by id'];
const COMPONENTS = IN_PACK.filter((name) => !PACKS.includes(name));

/** The owners of new keys that are not encrypted, and of those that are. */
type CreatedKeys = readonly [plain: readonly string[], encrypted: readonly string[]];

/** Constraints, and the keys that a grant with them creates. */
export const CREATED_BY: readonly (readonly [(world: ConstraintWorld) => JsonObject, CreatedKeys])[] = [
  [() => ({}), [ANY, ANY]],
  [() => ({ encrypted: true }), [[], ANY]],
  [() => ({ encrypted: false }), [ANY, []]],
  [() => ({ owner_types: ['pack'] }), [PACKS, PACKS]],
  [({ packs }) => ({ pack_refs: [packs[0]], encrypted: true }), [[], IN_PACK]],
  [({ packs }) => ({ pack_refs: [packs[1]] }), [[], []]],
  [({ packs }) => ({ owner_refs: [packs[0]] }), [PACKS, PACKS]],
  [({ owners: { action, sensor } }) => ({ owner_refs: [action.ref, sensor.ref] }), [COMPONENTS, COMPONENTS]],
];

/** Which keys the reader creates, with the grant that it has. */
export async function createdKeys(client: Client, { owners }: ConstraintWorld): Promise<CreatedKeys> {
  const created = async (encrypted: boolean) => {
    const statuses = Object.values(NEW_OWNERS).map((ownerOf) =>
      rejectionStatus(storeKey(client, randomName(8), { ...ownerOf(owners), encrypted })),
    );
    const refused = await Promise.all(statuses);
    return ANY.filter((_, n) => refused[n] === null);
  };
  return [await created(false), await created(true)];
}

async function createOwners(client: Client) {
  const refs = [randomName(8), randomName(8)].map((name) => `c-${name}`) as [string, string];
  const create = (ref: string) => client.packs.create({ ref, label: ref, version: '1.0.0', is_standard: true });
  const [pack] = [await create(refs[0]), await create(refs[1])];
  const [pack_ref] = refs;
  const of = (name: string) => ({ ref: `${pack_ref}.${name}`, pack_ref, label: name });
  const program = { runtime_ref: 'core.shell', entrypoint: 'true' };
  const action = await client.actions.create({ ...of('action'), ...program });
  const trigger = await client.triggers.create(of('trigger'));
  const sensor = await client.sensors.create({ ...of('sensor'), ...program, trigger_ref: trigger.ref, enabled: false });
  return { packs: refs, owners: { pack, action, sensor } };
}

/** Stores a key of this name. */
async function storeKey({ keys }: Client, name: string, owner: Omit<CreateKey, 'ref' | 'name' | 'value'>) {
  const { id, ref } = await keys.create({ ref: `${randomName(8)}.${name.toLowerCase()}`, name, value: 1, ...owner });
  return { name, id, ref };
}

/** Creates the world in the tenant of this admin. */
export async function createConstraintWorld(client: Client, url: string, directory: string): Promise<ConstraintWorld> {
  const set = await createChangeableSet(client, directory);
  const [reader, another] = [await loggedInByToken(client, url, set.ref), await loggedInByToken(client, url, set.ref)];
  await client.identities.update(reader.id, { attributes: ATTRIBUTES });
  const { packs, owners } = await createOwners(client);
  await set.grant([asGrant('keys:create', null)]);
  const storeOwn = (name: KeyName, { id, token }: TokenUser) =>
    storeKey(createClient({ baseUrl: url, token }), name, { owner_type: 'identity', owner_identity: id });
  const stored = await Promise.all([
    storeKey(client, 'system', { owner_type: 'system' }),
    storeKey(client, 'sealed', { owner_type: 'system', encrypted: true }),
    storeKey(client, 'pack', { owner_type: 'pack', owner_pack_ref: packs[0] }),
    storeKey(client, 'otherPack', { owner_type: 'pack', owner_pack_ref: packs[1] }),
    storeKey(client, 'action', { owner_type: 'action', owner_action_ref: owners.action.ref }),
    storeKey(client, 'sensor', { owner_type: 'sensor', owner_sensor_ref: owners.sensor.ref }),
    storeOwn('own', reader),
    storeOwn('another', another),
  ]);
  return {
    reader,
    set,
    packs,
    owners,
    keys: Object.fromEntries(stored.map(({ name, ref }) => [name, ref])) as Record<KeyName, string>,
    ids: Object.fromEntries(stored.map(({ name, id }) => [name, id])) as Record<KeyName, number>,
  };
}
