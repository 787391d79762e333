import { sql } from 'kysely';
import { asJson, now, type Transaction } from '../store/database';
import { findTrigger } from '../store/triggers';
import { own } from '../store/walls';
import type { SensorFile } from './components';
import { placementColumnsOf } from './placement';
import { RefTaken, type Holder } from './save-components';
import { EndMissing } from './save-rules';

type Runtime = { readonly id: number; readonly ref: string } | null;

/**
 * Makes or updates it in place, keeping its id; a process of it is then replaced. The triggers that it lists are its own from
 * now on. Throws EndMissing, RefTaken.
 */
export async function saveSensor(
  transaction: Transaction,
  pack: Holder,
  file: SensorFile,
  runtime: Runtime,
): Promise<void> {
  for (const ref of file.triggerRefs) {
    if (!(await findTrigger(transaction, ref))) throw new EndMissing('trigger', ref);
  }
  const columns = { ...columnsOf(file), runtime: runtime?.id ?? null, runtime_ref: runtime?.ref ?? file.runnerType };
  const row = await transaction
    .insertInto('sensor')
    .values({ ref: file.ref, pack: pack.id, pack_ref: pack.ref, ...columns })
    .onConflict((on) =>
      on
        .columns(['tenant', 'ref'])
        .doUpdateSet({ ...columns, generation: sql<number>`sensor.generation + 1`, updated: now })
        .where('sensor.pack', '=', pack.id)
        .where('sensor.is_adhoc', '=', false),
    )
    .returning('id')
    .executeTakeFirst();
  if (!row) throw new RefTaken(file.ref);
  await claimTriggers(transaction, row.id, file);
}

const columnsOf = (file: SensorFile) => ({
  label: file.label,
  description: file.description,
  entrypoint: file.entrypoint,
  trigger_refs: [...file.triggerRefs],
  enabled: file.enabled,
  param_schema: file.paramSchema && asJson(file.paramSchema),
  config: file.config && asJson(file.config),
  ...placementColumnsOf(file),
});

async function claimTriggers(transaction: Transaction, sensor: number, file: SensorFile): Promise<void> {
  const listed = sql<boolean>`ref = any(${[...file.triggerRefs]}::text[])`;
  const claimed = transaction.updateTable('trigger').set({ sensor, sensor_ref: file.ref }).where(own);
  await claimed.where(listed).execute();
  const dropped = transaction.updateTable('trigger').set({ sensor: null }).where(own).where('sensor', '=', sensor);
  await dropped.where(sql<boolean>`not (${listed})`).execute();
}

/** Removes the sensors that the files no longer declare; never what was made through the API. */
export async function removeVanishedSensors(
  transaction: Transaction,
  pack: Holder,
  declared: readonly string[],
): Promise<void> {
  await transaction
    .deleteFrom('sensor')
    .where('pack', '=', pack.id)
    .where('is_adhoc', '=', false)
    .where(sql<boolean>`not ref = any(${[...declared]}::text[])`)
    .execute();
}
