import { isObject } from '../../../contract/json';
import type { SecretsByPointer } from '../../core/secrets/extract-secrets';
import { vaultOf, type Transaction } from '../database/connection';
import type { SealBinding } from './vault';

/** Removed secrets as a column holds them; null where there are none. */
export const sealSecrets = (transaction: Transaction, secrets: SecretsByPointer, binding: SealBinding): string | null =>
  Object.keys(secrets).length === 0 ? null : vaultOf(transaction).seal({ ...secrets }, binding);

/** What `sealSecrets` sealed. Throws UnsealFailed. */
export function unsealSecrets(transaction: Transaction, sealed: string | null, binding: SealBinding): SecretsByPointer {
  const secrets = sealed === null ? {} : vaultOf(transaction).unseal(sealed, binding);
  return isObject(secrets) ? secrets : {};
}
