import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Json } from '../../contract/json';
import { Refusal } from '../refusal';

/** Where a sealed value lies. It opens nowhere else: the place is part of what the seal vouches for. */
export interface Binding {
  readonly tenant: number;
  readonly table: 'key' | 'execution' | 'workflow_execution' | 'trigger';
  readonly row: number;
  readonly column: string;
  /** Of the row, where it counts its writes: an older value put back does not open. */
  readonly version?: number;
}

/** Values at rest: AES-256-GCM under the platform's encryption key. */
export interface Vault {
  /** Base64 of nonce, ciphertext and tag. The same value sealed twice gives different text. */
  seal(value: Json, binding: Binding): string;
  /** Throws SealBroken for anything that was not sealed in this place under this key. */
  unseal(sealed: string, binding: Binding): Json;
}

/** What is stored is not what was sealed here: moved, changed, or sealed under another key. */
export class SealBroken extends Refusal {
  constructor({ table, row, column }: Binding) {
    super('DECRYPT_FAILED', `${column} of ${table} ${row} was not sealed in this place under this key`);
    this.name = 'SealBroken';
  }
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Opens a vault under a secret of any length. */
export function openVault(secret: string): Vault {
  const key = createHash('sha256').update(secret).digest();
  return {
    seal: (value, binding) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(placeOf(binding));
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64');
    },
    unseal: (sealed, binding) => {
      try {
        return JSON.parse(opened(key, Buffer.from(sealed, 'base64'), binding)) as Json;
      } catch {
        throw new SealBroken(binding); // whatever the cipher says, it may hold parts of the value
      }
    },
  };
}

function opened(key: Buffer, bytes: Buffer, binding: Binding): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(placeOf(binding)).setAuthTag(bytes.subarray(-TAG_BYTES));
  const body = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}

const placeOf = ({ tenant, table, row, column, version = 0 }: Binding): Buffer =>
  Buffer.from(JSON.stringify([tenant, table, row, column, version]));
