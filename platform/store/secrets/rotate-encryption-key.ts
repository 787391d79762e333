import type { ClientBase } from 'pg';
import { loadEncryptionKeys, removeFormerKeys, replaceGeneratedKey, type GivenKeys } from './encryption-keys';
import { resealAll, type ResealOptions, type ResealResult } from './reseal';
import { openVault } from './vault';

export interface RotationResult extends ResealResult {
  /** Former keys that the database held, and holds no more. */
  readonly removedKeys: number;
}

/**
 * Makes a new generated key unless the key is given, or an earlier rotation has not ended; seals
 * all values under the key; then removes the former keys of the database, unless there are values
 * that none of the keys opens. It may end at any moment: what is stored can be unsealed by a vault
 * under all keys, and the same call goes on. No platform may run meanwhile: one that runs would
 * seal under a key that is removed.
 */
export async function rotateEncryptionKey(
  owner: Pick<ClientBase, 'query'>,
  given: GivenKeys,
  options: ResealOptions,
): Promise<RotationResult> {
  await loadEncryptionKeys(owner, given); // also generates the first one
  await replaceGeneratedKey(owner, given);
  const keys = await loadEncryptionKeys(owner, given);
  const result = await resealAll(owner, openVault(keys.current, keys.former), options);
  return { ...result, removedKeys: result.unreadable.length === 0 ? await removeFormerKeys(owner, keys) : 0 };
}
