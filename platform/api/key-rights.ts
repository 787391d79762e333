import type { KeyListed } from '../store/keys';
import type { Target } from '../access/constraints';
import type { Rights } from '../access/rights';

export type KeyAction = 'read' | 'create' | 'update' | 'delete' | 'decrypt';

/** What decides about a key: its owner, its ref, whether it is encrypted. */
export type GuardedKey = Pick<
  KeyListed,
  | 'owner_type'
  | 'owner'
  | 'owner_identity'
  | 'owner_pack_ref'
  | 'owner_action_ref'
  | 'owner_sensor_ref'
  | 'ref'
  | 'encrypted'
> & { readonly id?: number };

export const keyTarget = (key: GuardedKey): Target => ({
  ...(key.id === undefined ? {} : { id: key.id }),
  ref: key.ref,
  packRef: key.owner_pack_ref ?? (key.owner_action_ref ?? key.owner_sensor_ref)?.split('.')[0] ?? null,
  owner: key.owner_identity,
  ownerType: key.owner_type,
  ownerRefs: [key.owner, key.owner_pack_ref, key.owner_action_ref, key.owner_sensor_ref].filter((ref) => ref !== null),
  encrypted: key.encrypted,
});

/** A plain grant opens the keys of the system, packs, actions and sensors, and one's own; those of others take one that names them. */
export const mayDo = (rights: Rights, action: KeyAction, key: GuardedKey): boolean =>
  rights.allows('keys', action, keyTarget(key));
