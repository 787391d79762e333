import type { CreateRuntime, UpdateRuntime } from '../../../contract/runtimes';
import { asJson, now, type Transaction } from '../database/connection';
import { patchedValue, optionalJson, nullableJson } from './packs';
import type { RuntimeRow } from './runtimes';
import { ownedByTenant } from '../database/tenant-filter';

/** Creates a runtime through the API. Throws the database's error for an invalid or taken ref. */
export const createRuntime = (
  transaction: Transaction,
  input: CreateRuntime,
  pack: { readonly id: number; readonly ref: string } | null,
): Promise<RuntimeRow> =>
  transaction
    .insertInto('runtime')
    .values({
      ref: input.ref,
      pack: pack?.id ?? null,
      pack_ref: pack?.ref ?? null,
      name: input.name,
      description: input.description ?? null,
      distributions: asJson(input.distributions),
      installation: nullableJson(input.installation),
      execution_config: asJson(input.execution_config),
      is_adhoc: true,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** Absent fields are kept. */
export const updateRuntime = (transaction: Transaction, id: number, change: UpdateRuntime): Promise<RuntimeRow> =>
  transaction
    .updateTable('runtime')
    .set({
      name: change.name,
      description: patchedValue(change.description),
      distributions: optionalJson(change.distributions),
      installation: nullableJson(patchedValue(change.installation)),
      execution_config: optionalJson(change.execution_config),
      updated: now,
    })
    .where('id', '=', id)
    .where(ownedByTenant)
    .returningAll()
    .executeTakeFirstOrThrow();

/** Its actions and sensors keep the ref. */
export async function removeRuntime(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('runtime').where('id', '=', id).where(ownedByTenant).execute();
}
