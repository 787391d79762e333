import type { KeyWithoutValue } from '../store/secrets/keys';
import type { AuthorizationTarget } from './constraints';

/** What decides about a key: its owner, its ref, whether it is encrypted. */
export type KeyAttributes = Pick<
  KeyWithoutValue,
  | 'owner_type'
  | 'owner'
  | 'owner_identity'
  | 'owner_pack_ref'
  | 'owner_action_ref'
  | 'owner_sensor_ref'
  | 'ref'
  | 'encrypted'
> & {
  readonly id?: number;
  /** The pack that owns it, directly or through its action or sensor. */
  readonly owning_pack_ref: string | null;
};

/**
 * A plain grant opens the keys of the system, packs, actions and sensors, and the caller's own;
 * keys of other identities take a grant that names them.
 */
export const keyTarget = (key: KeyAttributes): AuthorizationTarget => ({
  ...(key.id === undefined ? {} : { id: key.id }),
  ref: key.ref,
  packRef: key.owning_pack_ref,
  owner: key.owner_identity,
  ownerType: key.owner_type,
  ownerRefs: [key.owner, key.owner_pack_ref, key.owner_action_ref, key.owner_sensor_ref].filter((ref) => ref !== null),
  encrypted: key.encrypted,
});
