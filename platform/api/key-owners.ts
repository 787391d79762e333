import { OWNER_TYPES, type CreateKey, type OwnerType } from '../../contract/keys';
import { Refusal } from '../refusal';
import type { Transaction } from '../store/database';
import type { KeyOwner } from '../store/keys';
import { seen } from '../store/walls';

/** An owner that was found: the column that names it, and the names it goes by. */
export interface FoundOwner {
  readonly owner: KeyOwner;
  readonly text: string;
  readonly packRef: string | null;
  readonly actionRef: string | null;
}

const NOBODY: KeyOwner = { owner_identity: null, owner_pack: null, owner_action: null, owner_sensor: null };

/** Exactly the owner that the type asks for, none for the system. Throws BAD_REQUEST otherwise, and for one that does not exist. */
export async function ownerOf(transaction: Transaction, wanted: CreateKey): Promise<FoundOwner> {
  const others = OWNER_TYPES.filter((type) => type !== wanted.owner_type && isNamed(wanted, type));
  if (others.length > 0) {
    throw new Refusal('BAD_REQUEST', `A key of owner_type ${wanted.owner_type} has no owner_${others[0]!}`, {
      path: `owner_${others[0]!}`,
    });
  }
  switch (wanted.owner_type) {
    case 'system':
      return { owner: NOBODY, text: 'system', packRef: null, actionRef: null };
    case 'identity': {
      const id = required('identity', wanted.owner_identity);
      const row = await transaction.selectFrom('identity').select('id').where('id', '=', id).executeTakeFirst();
      if (!row) throw unknown('identity', String(id));
      return { owner: { ...NOBODY, owner_identity: id }, text: String(id), packRef: null, actionRef: null };
    }
    case 'pack': {
      const { id, ref } = await component(transaction, 'pack', wanted.owner_pack, wanted.owner_pack_ref);
      return { owner: { ...NOBODY, owner_pack: id }, text: String(id), packRef: ref, actionRef: null };
    }
    case 'action': {
      const { id, ref } = await component(transaction, 'action', wanted.owner_action, wanted.owner_action_ref);
      return { owner: { ...NOBODY, owner_action: id }, text: String(id), packRef: null, actionRef: ref };
    }
    case 'sensor': {
      const { id } = await component(transaction, 'sensor', wanted.owner_sensor, wanted.owner_sensor_ref);
      return { owner: { ...NOBODY, owner_sensor: id }, text: String(id), packRef: null, actionRef: null };
    }
  }
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

function isNamed(wanted: CreateKey, type: OwnerType): boolean {
  switch (type) {
    case 'system':
      return false;
    case 'identity':
      return isGiven(wanted.owner_identity);
    case 'pack':
      return isGiven(wanted.owner_pack) || isGiven(wanted.owner_pack_ref);
    case 'action':
      return isGiven(wanted.owner_action) || isGiven(wanted.owner_action_ref);
    case 'sensor':
      return isGiven(wanted.owner_sensor) || isGiven(wanted.owner_sensor_ref);
  }
}

function required<T>(type: OwnerType, value: T | null | undefined): T {
  if (value !== null && value !== undefined) return value;
  throw new Refusal('BAD_REQUEST', `A key of owner_type ${type} needs owner_${type}`, { path: `owner_${type}` });
}

const unknown = (type: OwnerType, name: string) =>
  new Refusal('BAD_REQUEST', `owner_${type} '${name}' does not exist`, { path: `owner_${type}` });

/** By id or by ref; by both, where they are the same. */
async function component(
  transaction: Transaction,
  table: 'pack' | 'action' | 'sensor',
  id: number | null | undefined,
  ref: string | null | undefined,
): Promise<{ id: number; ref: string }> {
  const name = required(table, id ?? ref);
  const row = await transaction
    .selectFrom(table)
    .select(['id', 'ref'])
    .where(seen)
    .$if(isGiven(id), (query) => query.where('id', '=', id!))
    .$if(isGiven(ref), (query) => query.where('ref', '=', ref!))
    .orderBy('tenant', 'desc')
    .executeTakeFirst();
  if (!row) throw unknown(table, String(name));
  return row;
}
