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
  /** The refs of two packs; the reader has the attributes `team: ops` and `level: 1`. */
  readonly packs: readonly [string, string];
  /** Refs by name. */
  readonly keys: Readonly<Record<KeyName, string>>;
}

const KEYS = ['system', 'sealed', 'pack', 'otherPack', 'action', 'sensor', 'own', 'another'] as const;
export type KeyName = (typeof KEYS)[number];
const ALL: readonly KeyName[] = KEYS;
/** Without a constraint that names them, keys of others are private. */
const COMMON = ALL.filter((name) => name !== 'another');

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
  [() => ({ encrypted: true }), ['sealed']],
  [() => ({ encrypted: false }), COMMON.filter((name) => name !== 'sealed')],
  [() => ({ attributes: { team: 'ops' } }), COMMON],
  [() => ({ attributes: { team: 'ops', level: 1 } }), COMMON],
  [() => ({ attributes: { team: 'ops', level: 2 } }), []],
  [() => ({ attributes: { team: 'ops', place: 'here' } }), []],
  [({ packs }) => ({ pack_refs: [packs[0]], owner_types: ['pack', 'system'] }), ['pack']],
  [({ packs }) => ({ pack_refs: [packs[0]], encrypted: true }), []],
];

/** Constraints, and the keys that a grant with them creates: for each, whether it is encrypted. */
export const CREATED_BY: readonly (readonly [(world: ConstraintWorld) => JsonObject, Readonly<CreatedKeys>])[] = [
  [() => ({}), { system: [false, true], pack: [false, true] }],
  [() => ({ encrypted: true }), { system: [true], pack: [true] }],
  [() => ({ encrypted: false }), { system: [false], pack: [false] }],
  [() => ({ owner_types: ['pack'] }), { system: [], pack: [false, true] }],
  [({ packs }) => ({ pack_refs: [packs[0]], encrypted: true }), { system: [], pack: [true] }],
];

type CreatedKeys = Record<'system' | 'pack', readonly boolean[]>;

/** Which keys the reader creates, with the grant that it has. */
export async function createdKeys(client: Client, { packs: [owner_pack_ref] }: ConstraintWorld): Promise<CreatedKeys> {
  const owners = { system: { owner_type: 'system' }, pack: { owner_type: 'pack', owner_pack_ref } } as const;
  const statusOf = (owner: 'system' | 'pack', encrypted: boolean) =>
    rejectionStatus(storeKey(client, randomName(8), { ...owners[owner], encrypted }));
  const created = async (owner: 'system' | 'pack') => {
    const statuses = await Promise.all([statusOf(owner, false), statusOf(owner, true)]);
    return [false, true].filter((_, n) => statuses[n] === null);
  };
  return { system: await created('system'), pack: await created('pack') };
}

async function createOwners(client: Client) {
  const refs = [randomName(8), randomName(8)].map((name) => `c-${name}`) as [string, string];
  for (const ref of refs) await client.packs.create({ ref, label: ref, version: '1.0.0', is_standard: true });
  const [pack_ref] = refs;
  const of = (name: string) => ({ ref: `${pack_ref}.${name}`, pack_ref, label: name });
  const program = { runtime_ref: 'core.shell', entrypoint: 'true' };
  const action = await client.actions.create({ ...of('action'), ...program });
  const trigger = await client.triggers.create(of('trigger'));
  const sensor = await client.sensors.create({ ...of('sensor'), ...program, trigger_ref: trigger.ref, enabled: false });
  return { packs: refs, action: action.ref, sensor: sensor.ref };
}

/** Stores a key, and returns its ref. */
async function storeKey({ keys }: Client, name: string, owner: Omit<CreateKey, 'ref' | 'name' | 'value'>) {
  const { ref } = await keys.create({ ref: `${randomName(8)}.${name.toLowerCase()}`, name, value: 1, ...owner });
  return [name, ref] as const;
}

/** Creates the world in the tenant of this admin. */
export async function createConstraintWorld(client: Client, url: string, directory: string): Promise<ConstraintWorld> {
  const set = await createChangeableSet(client, directory);
  const [reader, another] = [await loggedInByToken(client, url, set.ref), await loggedInByToken(client, url, set.ref)];
  await client.identities.update(reader.id, { attributes: { team: 'ops', level: 1 } });
  const { packs, action, sensor } = await createOwners(client);
  await set.grant([asGrant('keys:create', null)]);
  const storeOwn = (name: KeyName, { id, token }: TokenUser) =>
    storeKey(createClient({ baseUrl: url, token }), name, { owner_type: 'identity', owner_identity: id });
  const stored = await Promise.all([
    storeKey(client, 'system', { owner_type: 'system' }),
    storeKey(client, 'sealed', { owner_type: 'system', encrypted: true }),
    storeKey(client, 'pack', { owner_type: 'pack', owner_pack_ref: packs[0] }),
    storeKey(client, 'otherPack', { owner_type: 'pack', owner_pack_ref: packs[1] }),
    storeKey(client, 'action', { owner_type: 'action', owner_action_ref: action }),
    storeKey(client, 'sensor', { owner_type: 'sensor', owner_sensor_ref: sensor }),
    storeOwn('own', reader),
    storeOwn('another', another),
  ]);
  return { reader, set, packs, keys: Object.fromEntries(stored) as Record<KeyName, string> };
}
