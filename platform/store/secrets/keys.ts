import { sql, type Selectable, type SqlBool } from 'kysely';
import type { KeyFilter, OwnerType } from '../../../contract/keys';
import type { Json } from '../../../contract/json';
import { DomainError } from '../../base/domain-error';
import { asJson, now, vaultOf, type Transaction } from '../database/connection';
import type { Tables } from '../database/tables';
import { indexKey } from './index-key';
import type { SealBinding } from './vault';
import { countRows, equalColumns, pageByRef, type CountedRows, type RowRange } from '../database/list-rows';

type StoredKeyRow = Selectable<Tables['key']>;

export interface KeyRow extends StoredKeyRow {
  /** The pack that owns it, directly or through its action or sensor; null: it belongs to none. */
  readonly owning_pack_ref: string | null;
}
export type KeyWithoutValue = Omit<KeyRow, 'value'>;

/** An expired key is treated as absent, whether or not it is deleted yet. */
export const isUnexpired = sql<SqlBool>`(expires_at is null or expires_at > ${now})`;

const COLUMNS_WITHOUT_VALUE = [
  ...(['id', 'tenant', 'ref', 'owner_type', 'owner', 'owner_identity', 'owner_pack', 'owner_pack_ref'] as const),
  ...(['owner_action', 'owner_action_ref', 'owner_sensor', 'owner_sensor_ref', 'name', 'encrypted'] as const),
  ...(['version', 'expires_at', 'created', 'updated'] as const),
] as const satisfies readonly (keyof KeyRow)[];

const OWNING_PACK_REF = sql<string | null>`coalesce(key.owner_pack_ref,
  (select a.pack_ref from action a where a.id = key.owner_action),
  (select s.pack_ref from sensor s where s.id = key.owner_sensor))`.as('owning_pack_ref');

const keyBinding = ({ tenant, id, version }: Pick<KeyRow, 'tenant' | 'id' | 'version'>): SealBinding => ({
  tenant,
  table: 'key',
  row: id,
  column: 'value',
  version,
});

/** The decrypted value. Throws UnsealFailed. */
export function readKeyValue(
  transaction: Transaction,
  row: Pick<KeyRow, 'tenant' | 'id' | 'version' | 'encrypted' | 'value'>,
): Json {
  if (!row.encrypted) return row.value;
  return vaultOf(transaction).unseal(typeof row.value === 'string' ? row.value : '', keyBinding(row));
}

const toStoredValue = (transaction: Transaction, value: Json, encrypted: boolean, binding: SealBinding): string =>
  asJson(encrypted ? vaultOf(transaction).seal(value, binding) : value);

/** Unexpired keys. */
export const keyWithOwningPack = (transaction: Transaction) =>
  transaction.selectFrom('key').selectAll().select(OWNING_PACK_REF).where(isUnexpired);

/** Null when there is none, or it has expired. `forUpdate` locks it until the transaction ends. */
export async function findKey(transaction: Transaction, ref: string, forUpdate = false): Promise<KeyRow | null> {
  const query = keyWithOwningPack(transaction).where('ref', '=', ref);
  return (await (forUpdate ? query.forUpdate() : query).executeTakeFirst()) ?? null;
}

/** Unexpired keys by id. */
export const findKeysWithoutValue = (transaction: Transaction, ids: readonly number[]): Promise<KeyWithoutValue[]> =>
  transaction
    .selectFrom('key')
    .select(COLUMNS_WITHOUT_VALUE)
    .select(OWNING_PACK_REF)
    .where(isUnexpired)
    .where(sql<SqlBool>`id = any(${ids}::bigint[])`)
    .execute();

/** Sorted by ref. */
export async function listKeys(
  transaction: Transaction,
  filter: KeyFilter,
  range: RowRange,
): Promise<CountedRows<KeyWithoutValue>> {
  const matching = transaction
    .selectFrom('key')
    .where(isUnexpired)
    .where(equalColumns<'key'>({ owner_type: filter.owner_type, owner: filter.owner }));
  const rows = await pageByRef(matching.select(COLUMNS_WITHOUT_VALUE).select(OWNING_PACK_REF), range).execute();
  return { rows, total: await countRows(matching) };
}

/** The owner of a key: one of the four ids; all null for `system`. */
export interface KeyOwner {
  readonly owner_identity: number | null;
  readonly owner_pack: number | null;
  readonly owner_action: number | null;
  readonly owner_sensor: number | null;
}

/** A time, or seconds from the database's clock; null for no expiry. */
export type Lifetime = { readonly seconds: number } | { readonly expiresAt: string } | null;

const expirySql = (lifetime: Lifetime) => {
  if (lifetime === null) return sql<string>`null::timestamptz`;
  if ('expiresAt' in lifetime) return sql<string>`${lifetime.expiresAt}::timestamptz`;
  return sql<string>`${now} + ${lifetime.seconds}::double precision * interval '1 s'`;
};

export interface NewKey {
  readonly tenant: number;
  readonly ref: string;
  readonly owner_type: OwnerType;
  readonly owner: KeyOwner;
  readonly name: string;
  readonly value: Json;
  readonly encrypted: boolean;
  readonly lifetime: Lifetime;
}

/** Whether the pack owns keys. */
export async function packHasKeys(transaction: Transaction, pack: number): Promise<boolean> {
  const query = transaction.selectFrom('key').select('id').where('owner_pack', '=', pack).where(isUnexpired).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

/**
 * Replaces an expired key of the same ref or name. CONFLICT, from the database, when an unexpired
 * one has it.
 */
export async function insertKey(transaction: Transaction, { owner, lifetime, ...input }: NewKey): Promise<KeyRow> {
  const { tenant, ref, owner_type, name, encrypted } = input;
  const ownerKey = owner.owner_identity ?? owner.owner_pack ?? owner.owner_action ?? owner.owner_sensor ?? 'system';
  await transaction
    .deleteFrom('key')
    .where((where) =>
      where.or([
        where('ref', '=', ref),
        where.and({ owner_type, name }).and(sql<SqlBool>`owner = ${String(ownerKey)}`),
      ]),
    )
    .where(sql<SqlBool>`not ${isUnexpired}`)
    .execute();
  const { rows } = await sql<{ id: number }>`select nextval('key_id_seq') as id`.execute(transaction);
  const { id } = rows[0]!;
  const row = await transaction
    .insertInto('key')
    .values({
      ...owner,
      id,
      tenant,
      ref,
      owner_type,
      name,
      encrypted,
      value: toStoredValue(transaction, input.value, encrypted, keyBinding({ tenant, id, version: 1 })),
      expires_at: expirySql(lifetime),
    })
    .returningAll()
    .returning(OWNING_PACK_REF)
    .executeTakeFirstOrThrow();
  await indexKey(transaction, row, input.value);
  return row;
}

export interface KeyChange {
  readonly name?: string;
  readonly value?: Json;
  readonly encrypted?: boolean;
  /** When absent, the expiry is kept. */
  readonly lifetime?: Lifetime;
}

/**
 * Updates a locked key. Each update is a new version, for which an encrypted value is sealed
 * again.
 */
export async function updateKey(transaction: Transaction, row: KeyRow, change: KeyChange): Promise<KeyRow> {
  const version = row.version + 1;
  const encrypted = change.encrypted ?? row.encrypted;
  const value = change.value === undefined ? readKeyValue(transaction, row) : change.value;
  const updated = await transaction
    .updateTable('key')
    .set({
      name: change.name ?? row.name,
      encrypted,
      version,
      value: toStoredValue(transaction, value, encrypted, keyBinding({ ...row, version })),
      ...(change.lifetime !== undefined && { expires_at: expirySql(change.lifetime) }),
      updated: now,
    })
    .where('id', '=', row.id)
    .returningAll()
    .returning(OWNING_PACK_REF)
    .executeTakeFirstOrThrow();
  await indexKey(transaction, updated, value);
  return updated;
}

export async function deleteKey(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('key').where('id', '=', id).execute();
}

/** Throws CONFLICT with the current version when it is not the one that the caller expects. */
export function requireKeyVersion({ ref, version }: KeyRow, expected: number | undefined): void {
  if (expected === undefined || expected === version) return;
  throw new DomainError('CONFLICT', `Key '${ref}' is at version ${version}, not ${expected}`, {
    current_version: version,
  });
}

/** A key as expressions read it. */
export interface KeystoreEntry {
  readonly ref: string;
  readonly name: string;
  /** Its value is secret: it may only be used where secrets are allowed. */
  readonly encrypted: boolean;
  /** The decrypted value; decrypted at the first call. Throws UnsealFailed. */
  value(): Json;
}

/** The keys of the system, then those of the pack, which replace earlier ones of the same name. */
export async function listKeystoreEntries(
  transaction: Transaction,
  { packRef }: { readonly packRef: string | null },
): Promise<KeystoreEntry[]> {
  const rows = await transaction
    .selectFrom('key')
    .selectAll()
    .where(isUnexpired)
    .where((where) =>
      where.or([
        where('owner_type', '=', 'system'),
        ...(packRef === null
          ? []
          : [where.and([where('owner_type', '=', 'pack'), where('owner_pack_ref', '=', packRef)])]),
      ]),
    )
    .orderBy(sql`owner_type = 'pack'`)
    .orderBy('ref')
    .execute();
  return rows.map((row) => toKeystoreEntry(transaction, row));
}

export function toKeystoreEntry(transaction: Transaction, row: StoredKeyRow): KeystoreEntry {
  let unsealed: { value: Json } | null = null;
  const { ref, name, encrypted } = row;
  return { ref, name, encrypted, value: () => (unsealed ??= { value: readKeyValue(transaction, row) }).value };
}

/**
 * A key that is passed to the processes of actions; later ones replace earlier ones of the same
 * name.
 */
export interface InjectedKey extends KeystoreEntry {
  readonly id: number;
  readonly pack: number | null;
  readonly action: number | null;
}

/**
 * Keys of the system, then of these packs, then of these actions. Keys of identities and sensors
 * are not passed to processes.
 */
export async function listInjectedKeys(
  transaction: Transaction,
  packs: readonly number[],
  actions: readonly number[],
): Promise<InjectedKey[]> {
  const rows = await transaction
    .selectFrom('key')
    .selectAll()
    .where(isUnexpired)
    .where(
      sql<SqlBool>`(owner_type = 'system' or owner_pack = any(${packs}::bigint[]) or owner_action = any(${actions}::bigint[]))`,
    )
    .orderBy(sql`case owner_type when 'system' then 0 when 'pack' then 1 else 2 end`)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    ...toKeystoreEntry(transaction, row),
    id: row.id,
    pack: row.owner_pack,
    action: row.owner_action,
  }));
}
