import { sql, type Selectable } from 'kysely';
import { isObject, REDACTED } from '../../../contract/json';
import type { CreatePackIndex, PackIndex, UpdatePackIndex } from '../../../contract/pack-indices';
import { now, vaultOf, type Transaction } from '../database/connection';
import type { Tables } from '../database/tables';
import { ownedByTenant } from '../database/tenant-filter';

export type PackIndexRow = Selectable<Tables['pack_index']>;

export type Headers = Readonly<Record<string, string>>;

/** By position, then id. */
export const listPackIndices = (transaction: Transaction): Promise<PackIndexRow[]> =>
  transaction.selectFrom('pack_index').selectAll().where(ownedByTenant).orderBy('position').orderBy('id').execute();

/** Locked until the transaction ends; null when the tenant has none of that id. */
export async function lockPackIndex(transaction: Transaction, id: number): Promise<PackIndexRow | null> {
  const query = transaction.selectFrom('pack_index').selectAll().where('id', '=', id).where(ownedByTenant).forUpdate();
  return (await query.executeTakeFirst()) ?? null;
}

/** Without a position, it is the last. */
export async function createPackIndex(
  transaction: Transaction,
  { name = null, url, position, enabled = true }: CreatePackIndex,
  headers: Headers,
): Promise<PackIndexRow> {
  const last = sql<number>`(select coalesce(max(position) + 1, 0) from pack_index where ${ownedByTenant})`;
  const created = await transaction
    .insertInto('pack_index')
    .values({ name, url, enabled, position: position ?? last })
    .returningAll()
    .executeTakeFirstOrThrow();
  return updatePackIndex(transaction, created, {}, headers);
}

/** Absent fields are kept, and all headers where `headers` is null. */
export async function updatePackIndex(
  transaction: Transaction,
  row: PackIndexRow,
  { name, url, position, enabled }: Omit<UpdatePackIndex, 'headers'>,
  headers: Headers | null,
): Promise<PackIndexRow> {
  const sealed = headers && {
    header_names: Object.keys(headers),
    headers: Object.keys(headers).length === 0 ? null : vaultOf(transaction).seal({ ...headers }, bindingOf(row)),
  };
  return transaction
    .updateTable('pack_index')
    .set({ name, url, position, enabled, ...sealed, updated: now })
    .where('id', '=', row.id)
    .where(ownedByTenant)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export const removePackIndex = (transaction: Transaction, id: number): Promise<unknown> =>
  transaction.deleteFrom('pack_index').where('id', '=', id).where(ownedByTenant).execute();

/** The headers that its requests carry. Throws UnsealFailed. */
export function headersOf(transaction: Transaction, row: PackIndexRow): Headers {
  const headers = row.headers === null ? {} : vaultOf(transaction).unseal(row.headers, bindingOf(row));
  return isObject(headers) ? (headers as Headers) : {};
}

const bindingOf = ({ id, tenant }: PackIndexRow) =>
  ({ tenant, table: 'pack_index', row: id, column: 'headers' }) as const;

export const toPackIndex = (row: PackIndexRow): PackIndex => ({
  id: row.id,
  name: row.name,
  url: row.url,
  position: row.position,
  enabled: row.enabled,
  headers: Object.fromEntries(row.header_names.map((name) => [name, REDACTED])),
  created: row.created,
  updated: row.updated,
});
