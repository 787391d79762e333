import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Json } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import { DomainError } from '../../base/domain-error';

/** Every column that holds sealed values. A rotation of the encryption key seals each again. */
export const SEALED_COLUMNS = [
  { table: 'key', column: 'value' },
  { table: 'execution', column: 'secret_values' },
  { table: 'execution', column: 'result_secrets' },
  { table: 'execution_rerun', column: 'secret_values' },
  { table: 'workflow_execution', column: 'secret_values' },
  { table: 'trigger', column: 'webhook_secret' },
  { table: 'pack_index', column: 'headers' },
] as const;

export type SealedColumn = (typeof SEALED_COLUMNS)[number];

/** A row of a tenant, as what is sealed for it is bound to it. */
export interface TenantRow {
  readonly tenant: number;
  readonly id: number;
}

/**
 * The row and column of a sealed value. It can be unsealed only there: the binding is
 * authenticated with it.
 */
export type SealBinding = SealedColumn & {
  readonly tenant: number;
  readonly row: number;
  /** The row's version, if it has one: an older value that is put back cannot be unsealed. */
  readonly version?: number;
};

/** Encrypts stored values with AES-256-GCM under the platform's encryption key. */
export interface Vault {
  /** Base64 of nonce, ciphertext and tag. Sealing a value twice gives different texts. */
  seal(value: Json, binding: SealBinding): string;
  /**
   * Throws UnsealFailed for anything that was not sealed for this binding under the key or a
   * former one.
   */
  unseal(sealed: string, binding: SealBinding): Json;
  /**
   * The value of a text that a former key sealed, sealed under the key; null where that is the
   * one that sealed it. Throws UnsealFailed.
   */
  reseal(sealed: string, binding: SealBinding): string | null;
  /** How many times `unseal` has thrown UnsealFailed. */
  unsealFailures(): number;
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

/** Creates a vault under a secret; former ones only unseal. Secrets have any length. */
export function openVault(secret: string, formerSecrets: readonly string[] = []): Vault {
  const [key, ...formerKeys] = [secret, ...formerSecrets].map(keyOf) as [Buffer, ...Buffer[]];
  let unsealFailures = 0;
  return {
    seal: (value, binding) => encrypt(key, writeJson(value), binding),
    unseal: (sealed, binding) => {
      try {
        return parseJsonText(open([key, ...formerKeys], sealed, binding)) as Json;
      } catch (error) {
        if (error instanceof UnsealFailed) unsealFailures++;
        throw error;
      }
    },
    unsealFailures: () => unsealFailures,
    reseal: (sealed, binding) => {
      if (decrypt(key, sealed, binding) !== null) return null;
      return encrypt(key, open(formerKeys, sealed, binding), binding);
    },
  };
}

const keyOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** The text that the first of these keys opens. Throws UnsealFailed. */
function open(keys: readonly Buffer[], sealed: string, binding: SealBinding): string {
  for (const key of keys) {
    const text = decrypt(key, sealed, binding);
    if (text !== null) return text;
  }
  throw new UnsealFailed(binding);
}

function encrypt(key: Buffer, text: string, binding: SealBinding): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(
    additionalData(binding),
  );
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64');
}

/** Null for anything that was not sealed for this binding under this key. */
function decrypt(key: Buffer, sealed: string, binding: SealBinding): string | null {
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(additionalData(binding)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const ciphertext = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
  } catch {
    return null; // the cipher's error may contain parts of the value
  }
}

const additionalData = ({ tenant, table, row, column, version = 0 }: SealBinding): Buffer =>
  Buffer.from(writeJson([tenant, table, row, column, version]));
