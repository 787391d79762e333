import { sql } from 'kysely';
import { asJson, type Transaction } from '../../store/database/connection';
import { findTrigger } from '../../store/events/triggers';
import { ownedByTenant } from '../../store/database/tenant-filter';
import type { SensorFile } from '../read/components';
import { placementColumns } from '../read/placement';
import { saveComponent, type PackRef } from './component-rows';
import { ReferenceMissing } from './rules';

type RuntimeRef = { readonly id: number; readonly ref: string } | null;

/**
 * Inserts or updates; an existing row keeps its id, and its process is restarted. The triggers
 * that it lists are assigned to it. Throws ReferenceMissing, RefTaken.
 */
export async function saveSensor(
  transaction: Transaction,
  pack: PackRef,
  file: SensorFile,
  runtime: RuntimeRef,
): Promise<void> {
  for (const ref of file.triggerRefs) {
    if (!(await findTrigger(transaction, ref))) throw new ReferenceMissing('trigger', ref);
  }
  const columns = {
    ...sensorColumns(file),
    runtime: runtime?.id ?? null,
    runtime_ref: runtime?.ref ?? file.runnerType,
  };
  const updated = { generation: sql<number>`sensor.generation + 1` };
  const sensor = await saveComponent(transaction, 'sensor', pack, { ref: file.ref, columns, updated });
  await assignTriggers(transaction, sensor, file);
}

const sensorColumns = (file: SensorFile) => ({
  label: file.label,
  description: file.description,
  entrypoint: file.entrypoint,
  trigger_refs: [...file.triggerRefs],
  enabled: file.enabled,
  param_schema: file.paramSchema && asJson(file.paramSchema),
  config: file.config && asJson(file.config),
  ...placementColumns(file),
});

async function assignTriggers(transaction: Transaction, sensor: number, file: SensorFile): Promise<void> {
  const listed = sql<boolean>`ref = any(${[...file.triggerRefs]}::text[])`;
  const assigned = transaction.updateTable('trigger').set({ sensor, sensor_ref: file.ref }).where(ownedByTenant);
  await assigned.where(listed).execute();
  const dropped = transaction
    .updateTable('trigger')
    .set({ sensor: null })
    .where(ownedByTenant)
    .where('sensor', '=', sensor);
  await dropped.where(sql<boolean>`not (${listed})`).execute();
}
