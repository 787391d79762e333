import type { KeyListed } from '../store/keys';
import { isNaming, type Target } from './constraints';
import type { Caller } from './context';
import type { Rights } from './grants';

export type KeyAction = 'read' | 'create' | 'update' | 'delete' | 'decrypt';

/** What decides about a key: its owner, its ref, whether it is encrypted. */
export type GuardedKey = Pick<
  KeyListed,
  'owner_type' | 'owner' | 'owner_identity' | 'owner_pack_ref' | 'owner_action_ref' | 'ref' | 'encrypted'
> & { readonly id?: number };

const targetOf = (key: GuardedKey): Target => ({
  ...(key.id === undefined ? {} : { id: key.id }),
  ref: key.ref,
  packRef: key.owner_pack_ref ?? key.owner_action_ref?.split('.')[0] ?? null,
  owner: key.owner_identity,
  ownerType: key.owner_type,
  ownerRefs: [key.owner, key.owner_pack_ref, key.owner_action_ref].filter((ref) => ref !== null),
  encrypted: key.encrypted,
});

/** A plain grant opens the keys of the system, packs, actions and sensors, and one's own; those of others take one that names them. */
export function mayDo(rights: Rights, caller: Caller, action: KeyAction, key: GuardedKey): boolean {
  if (rights.bypass) return true;
  const grants = rights.grantsFor('keys', action, targetOf(key));
  const foreign = key.owner_identity !== null && key.owner_identity !== caller.identity;
  return foreign ? grants.some(isNaming) : grants.length > 0;
}
