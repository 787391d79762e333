import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Json } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import { DomainError } from '../../base/domain-error';

/**
 * The row and column of a sealed value. It can be unsealed only there: the binding is
 * authenticated with it.
 */
export interface SealBinding {
  readonly tenant: number;
  readonly table: 'key' | 'execution' | 'execution_rerun' | 'workflow_execution' | 'trigger' | 'pack_index';
  readonly row: number;
  readonly column: string;
  /** The row's version, if it has one: an older value that is put back cannot be unsealed. */
  readonly version?: number;
}

/** Encrypts stored values with AES-256-GCM under the platform's encryption key. */
export interface Vault {
  /** Base64 of nonce, ciphertext and tag. Sealing a value twice gives different texts. */
  seal(value: Json, binding: SealBinding): string;
  /** Throws UnsealFailed for anything that was not sealed for this binding under this key. */
  unseal(sealed: string, binding: SealBinding): Json;
}

/** The stored value was moved or changed, or sealed under another key. */
export class UnsealFailed extends DomainError {
  constructor({ table, row, column }: SealBinding) {
    super('DECRYPT_FAILED', `${column} of ${table} ${row} was not sealed in this place under this key`);
    this.name = 'UnsealFailed';
  }
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Creates a vault under a secret of any length. */
export function openVault(secret: string): Vault {
  const key = createHash('sha256').update(secret).digest();
  return {
    seal: (value, binding) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(
        additionalData(binding),
      );
      const ciphertext = Buffer.concat([cipher.update(writeJson(value), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64');
    },
    unseal: (sealed, binding) => {
      try {
        return parseJsonText(decrypt(key, Buffer.from(sealed, 'base64'), binding)) as Json;
      } catch {
        throw new UnsealFailed(binding); // the cipher's error may contain parts of the value
      }
    },
  };
}

function decrypt(key: Buffer, bytes: Buffer, binding: SealBinding): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(binding)).setAuthTag(bytes.subarray(-TAG_BYTES));
  const ciphertext = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
}

const additionalData = ({ tenant, table, row, column, version = 0 }: SealBinding): Buffer =>
  Buffer.from(writeJson([tenant, table, row, column, version]));
