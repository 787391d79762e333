import type { CreateRuntime, UpdateRuntime } from '../../contract/runtimes';
import { asJson, now, type Transaction } from './database';
import { cleared, jsonOf, jsonOrNull } from './packs';
import type { RuntimeRow } from './runtimes';
import { own } from './walls';

/** A runtime made through the API. Throws the database's refusal of the ref. */
export const createRuntime = (
  transaction: Transaction,
  wanted: CreateRuntime,
  pack: { readonly id: number; readonly ref: string } | null,
): Promise<RuntimeRow> =>
  transaction
    .insertInto('runtime')
    .values({
      ref: wanted.ref,
      pack: pack?.id ?? null,
      pack_ref: pack?.ref ?? null,
      name: wanted.name,
      description: wanted.description ?? null,
      distributions: asJson(wanted.distributions),
      installation: jsonOrNull(wanted.installation),
      execution_config: asJson(wanted.execution_config),
      is_adhoc: true,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** What is absent stays. */
export const updateRuntime = (transaction: Transaction, id: number, change: UpdateRuntime): Promise<RuntimeRow> =>
  transaction
    .updateTable('runtime')
    .set({
      name: change.name,
      description: cleared(change.description),
      distributions: jsonOf(change.distributions),
      installation: jsonOrNull(cleared(change.installation)),
      execution_config: jsonOf(change.execution_config),
      updated: now,
    })
    .where('id', '=', id)
    .where(own)
    .returningAll()
    .executeTakeFirstOrThrow();

/** Its actions and sensors keep the ref. */
export async function removeRuntime(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('runtime').where('id', '=', id).where(own).execute();
}
