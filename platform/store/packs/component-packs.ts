import type { Transaction } from '../database/connection';
import { findVisibleByRef } from '../database/list-rows';

type ComponentTable = 'action' | 'rule' | 'trigger';

/** The ref of the pack that a component belongs to; null: to none, or the component is gone. */
export async function findPackRefOf(
  transaction: Transaction,
  table: ComponentTable,
  id: number | null,
): Promise<string | null> {
  if (id === null) return null;
  const row = await transaction.selectFrom(table).select('pack_ref').where('id', '=', id).executeTakeFirst();
  return row?.pack_ref ?? null;
}

/** The same for a sensor; undefined where there is no sensor of that ref. */
export async function findPackRefOfSensor(transaction: Transaction, ref: string): Promise<string | null | undefined> {
  return (await findVisibleByRef(transaction.selectFrom('sensor').select('pack_ref'), ref))?.pack_ref;
}
