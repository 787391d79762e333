import { sql, type Selectable, type SqlBool } from 'kysely';
import type { KeyFilter, OwnerType } from '../../contract/keys';
import type { Json } from '../../contract/json';
import { Refusal } from '../refusal';
import { asJson, now, vaultOf, type Transaction } from './database';
import type { KeyTable } from './tables';
import type { Binding } from './vault';
import type { Counted, Slice } from './walls';

export type KeyRow = Selectable<KeyTable>;
export type KeyListed = Omit<KeyRow, 'value'>;

/** From the instant it expires a key is absent, swept or not. */
const live = sql<SqlBool>`(expires_at is null or expires_at > ${now})`;

const LISTED = [
  ...(['id', 'tenant', 'ref', 'owner_type', 'owner', 'owner_identity', 'owner_pack', 'owner_pack_ref'] as const),
  ...(['owner_action', 'owner_action_ref', 'owner_sensor', 'owner_sensor_ref', 'name', 'encrypted'] as const),
  ...(['version', 'expires_at', 'created', 'updated'] as const),
] as const satisfies readonly (keyof KeyRow)[];

const bindingOf = ({ tenant, id, version }: Pick<KeyRow, 'tenant' | 'id' | 'version'>): Binding => ({
  tenant,
  table: 'key',
  row: id,
  column: 'value',
  version,
});

/** The value in clear. Throws SealBroken. */
export function valueOf(
  transaction: Transaction,
  row: Pick<KeyRow, 'tenant' | 'id' | 'version' | 'encrypted' | 'value'>,
): Json {
  if (!row.encrypted) return row.value;
  return vaultOf(transaction).unseal(typeof row.value === 'string' ? row.value : '', bindingOf(row));
}

const storedValue = (transaction: Transaction, value: Json, encrypted: boolean, binding: Binding): string =>
  asJson(encrypted ? vaultOf(transaction).seal(value, binding) : value);

/** Null once it is absent. `locked`: until the transaction ends nobody else writes it. */
export async function findKey(transaction: Transaction, ref: string, locked = false): Promise<KeyRow | null> {
  const query = transaction.selectFrom('key').selectAll().where('ref', '=', ref).where(live);
  return (await (locked ? query.forUpdate() : query).executeTakeFirst()) ?? null;
}

/** In order of ref. */
export async function listKeys(
  transaction: Transaction,
  filter: KeyFilter,
  { limit, offset }: Slice,
): Promise<Counted<KeyListed>> {
  const matching = transaction
    .selectFrom('key')
    .where(live)
    .$if(filter.owner_type !== undefined, (query) => query.where('owner_type', '=', filter.owner_type!))
    .$if(filter.owner !== undefined, (query) => query.where('owner', '=', filter.owner!));
  const rows = await matching.select(LISTED).orderBy('ref').limit(limit).offset(offset).execute();
  const { total } = await matching.select((build) => build.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { rows, total };
}

/** Of the five kinds of owner the one that is given; all null for `system`. */
export interface KeyOwner {
  readonly owner_identity: number | null;
  readonly owner_pack: number | null;
  readonly owner_action: number | null;
  readonly owner_sensor: number | null;
}

/** A moment, or so many seconds from the database's now; null for ever. */
export type Lifetime = { readonly seconds: number } | { readonly at: string } | null;

const expiry = (lifetime: Lifetime) => {
  if (lifetime === null) return sql<string>`null::timestamptz`;
  if ('at' in lifetime) return sql<string>`${lifetime.at}::timestamptz`;
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

/** Whether keys of this pack are left. */
export async function ownsKeys(transaction: Transaction, pack: number): Promise<boolean> {
  const query = transaction.selectFrom('key').select('id').where('owner_pack', '=', pack).where(live).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

/** Takes the place of an expired key of the same ref or name. CONFLICT, by the database, where a live one has it. */
export async function insertKey(transaction: Transaction, { owner, lifetime, ...wanted }: NewKey): Promise<KeyRow> {
  const { tenant, ref, owner_type, name, encrypted } = wanted;
  const ownerText = owner.owner_identity ?? owner.owner_pack ?? owner.owner_action ?? owner.owner_sensor ?? 'system';
  await transaction
    .deleteFrom('key')
    .where((where) =>
      where.or([
        where('ref', '=', ref),
        where.and({ owner_type, name }).and(sql<SqlBool>`owner = ${String(ownerText)}`),
      ]),
    )
    .where(sql<SqlBool>`not ${live}`)
    .execute();
  const { rows } = await sql<{ id: number }>`select nextval('key_id_seq') as id`.execute(transaction);
  const { id } = rows[0]!;
  return transaction
    .insertInto('key')
    .values({
      ...owner,
      ...{ id, tenant, ref, owner_type, name, encrypted },
      value: storedValue(transaction, wanted.value, encrypted, bindingOf({ tenant, id, version: 1 })),
      expires_at: expiry(lifetime),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export interface KeyChange {
  readonly name?: string;
  readonly value?: Json;
  readonly encrypted?: boolean;
  /** Absent: the lifetime stays as it is. */
  readonly lifetime?: Lifetime;
}

/** Writes a key that is locked. Each write is a version of its own, and an encrypted value is sealed anew for it. */
export async function updateKey(transaction: Transaction, row: KeyRow, change: KeyChange): Promise<KeyRow> {
  const version = row.version + 1;
  const encrypted = change.encrypted ?? row.encrypted;
  const value = change.value === undefined ? valueOf(transaction, row) : change.value;
  return transaction
    .updateTable('key')
    .set({
      name: change.name ?? row.name,
      encrypted,
      version,
      value: storedValue(transaction, value, encrypted, bindingOf({ ...row, version })),
      ...(change.lifetime !== undefined && { expires_at: expiry(change.lifetime) }),
      updated: now,
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteKey(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('key').where('id', '=', id).execute();
}

/** Throws CONFLICT with the current version where it is not the one that the writer saw. */
export function requireVersion({ ref, version }: KeyRow, wanted: number | undefined): void {
  if (wanted === undefined || wanted === version) return;
  throw new Refusal('CONFLICT', `Key '${ref}' is at version ${version}, not ${wanted}`, { current_version: version });
}

/** A key as expressions see it. */
export interface KeystoreEntry {
  readonly ref: string;
  readonly name: string;
  /** Its value must stay secret: it may only go where secrets may. */
  readonly encrypted: boolean;
  /** In clear; opened when it is first asked for. Throws SealBroken. */
  value(): Json;
}

/** The keys of the tenant that the system owns, then those of the pack: a later one of the same name goes before an earlier. */
export async function keystoreOf(
  transaction: Transaction,
  { packRef }: { readonly packRef: string },
): Promise<KeystoreEntry[]> {
  const rows = await transaction
    .selectFrom('key')
    .selectAll()
    .where(live)
    .where((where) =>
      where.or([
        where('owner_type', '=', 'system'),
        where.and([where('owner_type', '=', 'pack'), where('owner_pack_ref', '=', packRef)]),
      ]),
    )
    .orderBy(sql`owner_type = 'pack'`)
    .orderBy('ref')
    .execute();
  return rows.map((row) => entryOf(transaction, row));
}

function entryOf(transaction: Transaction, row: KeyRow): KeystoreEntry {
  let opened: { value: Json } | null = null;
  const { ref, name, encrypted } = row;
  return { ref, name, encrypted, value: () => (opened ??= { value: valueOf(transaction, row) }).value };
}

/** A key that goes into the parameters of an action's process, and whose turn it is: later ones win. */
export interface InjectedKey extends Pick<KeyRow, 'name' | 'encrypted'> {
  readonly pack: number | null;
  readonly action: number | null;
  value(): Json;
}

/** Keys of the system, then of these packs, then of these actions. Those of identities and sensors go into no process. */
export async function injectedKeys(
  transaction: Transaction,
  packs: readonly number[],
  actions: readonly number[],
): Promise<InjectedKey[]> {
  const rows = await transaction
    .selectFrom('key')
    .selectAll()
    .where(live)
    .where(
      sql<SqlBool>`(owner_type = 'system' or owner_pack = any(${packs}::bigint[]) or owner_action = any(${actions}::bigint[]))`,
    )
    .orderBy(sql`case owner_type when 'system' then 0 when 'pack' then 1 else 2 end`)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    ...entryOf(transaction, row),
    pack: row.owner_pack,
    action: row.owner_action,
  }));
}
