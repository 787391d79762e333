import { sql, type SqlBool } from 'kysely';
import type { Transaction } from '../database/connection';
import { isUnexpired, keyWithOwningPack, toKeystoreEntry, type KeyRow, type KeystoreEntry } from './keys';

/** Unexpired keys of these refs, readable or not. */
export const findKeysByRef = (transaction: Transaction, refs: readonly string[]): Promise<KeyRow[]> =>
  keyWithOwningPack(transaction)
    .where(sql<SqlBool>`ref = any(${refs}::text[])`)
    .execute();

/**
 * The ids, by ref, of the keys that a reference in a definition of this pack may read: those that
 * its expressions read as `keystore`, which are the system's and the pack's.
 */
export async function findDefinitionKeys(
  transaction: Transaction,
  packRef: string | null,
  refs: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (refs.length === 0) return new Map();
  const rows = await findKeysByRef(transaction, [...new Set(refs)]);
  const readable = rows.filter(
    ({ owner_type, owner_pack_ref }) =>
      owner_type === 'system' || (owner_type === 'pack' && packRef !== null && owner_pack_ref === packRef),
  );
  return new Map(readable.map(({ ref, id }) => [ref, id]));
}

/** Unexpired keys by id, to be given to a worker. */
export async function loadConnectedKeys(
  transaction: Transaction,
  ids: readonly number[],
): Promise<ReadonlyMap<number, KeystoreEntry>> {
  if (ids.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('key')
    .selectAll()
    .where(isUnexpired)
    .where(sql<SqlBool>`id = any(${ids}::bigint[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, toKeystoreEntry(transaction, row)]));
}
