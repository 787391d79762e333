import { sql } from 'kysely';
import { OWNER_TYPES, type CreateKey, type OwnerType } from '../../../contract/keys';
import { DomainError } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import type { KeyOwner } from '../../store/secrets/keys';
import { visibleToTenant } from '../../store/database/tenant-filter';

/** An owner that was found: the column that refers to it, and its names. */
export interface ResolvedKeyOwner {
  readonly owner: KeyOwner;
  readonly ownerName: string;
  readonly packRef: string | null;
  /** The pack that owns it, directly or through its action or sensor. */
  readonly owningPackRef: string | null;
  readonly actionRef: string | null;
  readonly sensorRef: string | null;
}

const NO_REFS = { packRef: null, owningPackRef: null, actionRef: null, sensorRef: null };

const NO_OWNER: KeyOwner = { owner_identity: null, owner_pack: null, owner_action: null, owner_sensor: null };

/**
 * The owner that the type of the key requires, and no other. BAD_REQUEST, also for one that does
 * not exist.
 */
export async function resolveKeyOwner(transaction: Transaction, key: CreateKey): Promise<ResolvedKeyOwner> {
  const unexpectedTypes = OWNER_TYPES.filter((type) => type !== key.owner_type && namesOwner(key, type));
  if (unexpectedTypes.length > 0) {
    throw new DomainError('BAD_REQUEST', `A key of owner_type ${key.owner_type} has no owner_${unexpectedTypes[0]!}`, {
      path: `owner_${unexpectedTypes[0]!}`,
    });
  }
  switch (key.owner_type) {
    case 'system':
      return { owner: NO_OWNER, ownerName: 'system', ...NO_REFS };
    case 'identity': {
      const id = requireOwnerField('identity', key.owner_identity);
      const row = await transaction.selectFrom('identity').select('id').where('id', '=', id).executeTakeFirst();
      if (!row) throw ownerNotFound('identity', String(id));
      return { owner: { ...NO_OWNER, owner_identity: id }, ownerName: String(id), ...NO_REFS };
    }
    case 'pack': {
      const { id, ref } = await findComponent(transaction, 'pack', key.owner_pack, key.owner_pack_ref);
      const refs = { ...NO_REFS, packRef: ref, owningPackRef: ref };
      return { owner: { ...NO_OWNER, owner_pack: id }, ownerName: String(id), ...refs };
    }
    case 'action': {
      const { id, ref, pack_ref } = await findComponent(transaction, 'action', key.owner_action, key.owner_action_ref);
      const refs = { ...NO_REFS, owningPackRef: pack_ref, actionRef: ref };
      return { owner: { ...NO_OWNER, owner_action: id }, ownerName: String(id), ...refs };
    }
    case 'sensor': {
      const { id, ref, pack_ref } = await findComponent(transaction, 'sensor', key.owner_sensor, key.owner_sensor_ref);
      const refs = { ...NO_REFS, owningPackRef: pack_ref, sensorRef: ref };
      return { owner: { ...NO_OWNER, owner_sensor: id }, ownerName: String(id), ...refs };
    }
  }
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

function namesOwner(key: CreateKey, type: OwnerType): boolean {
  switch (type) {
    case 'system':
      return false;
    case 'identity':
      return isPresent(key.owner_identity);
    case 'pack':
      return isPresent(key.owner_pack) || isPresent(key.owner_pack_ref);
    case 'action':
      return isPresent(key.owner_action) || isPresent(key.owner_action_ref);
    case 'sensor':
      return isPresent(key.owner_sensor) || isPresent(key.owner_sensor_ref);
  }
}

function requireOwnerField<T>(type: OwnerType, value: T | null | undefined): T {
  if (value !== null && value !== undefined) return value;
  throw new DomainError('BAD_REQUEST', `A key of owner_type ${type} needs owner_${type}`, { path: `owner_${type}` });
}

const ownerNotFound = (type: OwnerType, name: string) =>
  new DomainError('BAD_REQUEST', `owner_${type} '${name}' does not exist`, { path: `owner_${type}` });

/** By id or by ref; by both, where they name the same row. */
async function findComponent(
  transaction: Transaction,
  table: 'pack' | 'action' | 'sensor',
  id: number | null | undefined,
  ref: string | null | undefined,
): Promise<{ id: number; ref: string; pack_ref: string | null }> {
  const name = requireOwnerField(table, id ?? ref);
  const row = await transaction
    .selectFrom(table)
    .select(['id', 'ref'])
    .select(table === 'pack' ? sql<string>`ref`.as('pack_ref') : sql<string | null>`pack_ref`.as('pack_ref'))
    .where(visibleToTenant)
    .$if(isPresent(id), (query) => query.where('id', '=', id!))
    .$if(isPresent(ref), (query) => query.where('ref', '=', ref!))
    .orderBy('tenant', 'desc')
    .executeTakeFirst();
  if (!row) throw ownerNotFound(table, String(name));
  return row;
}
