import { sql, type Selectable } from 'kysely';
import type { CreateSensor, Sensor, SensorProcess, SensorSummary, UpdateSensor } from '../../../contract/sensors';
import { shownSchema } from '../../core/secrets/shown-schema';
import { now, type Transaction } from '../database/connection';
import { patchRetention, pickRetention, toPlacementColumns } from '../packs/component-columns';
import { patchedValue, nullableJson } from '../packs/packs';
import type { Tables } from '../database/tables';
import {
  containsWords,
  countedRows,
  findVisibleByRef,
  pageByRef,
  type CountedRows,
  type RowRange,
} from '../database/list-rows';
import { ownedByTenant, visibleToTenant } from '../database/tenant-filter';
import { withoutNulls } from '../database/without-nulls';

export type SensorRow = Selectable<Tables['sensor']>;

interface SensorFilter {
  readonly pack?: number;
  /** Only sensors that post events of this trigger. */
  readonly triggerRef?: string;
  readonly enabledOnly?: boolean;
  /** Words that its texts must contain. */
  readonly q?: string | undefined;
}

/** Null when the tenant can see none of that ref. */
export async function findSensor(transaction: Transaction, ref: string): Promise<SensorRow | null> {
  return findVisibleByRef(transaction.selectFrom('sensor').selectAll(), ref);
}

export async function listSensors(
  transaction: Transaction,
  { pack, triggerRef, enabledOnly, q }: SensorFilter,
  range: RowRange,
): Promise<CountedRows<SensorSummary>> {
  let matching = transaction.selectFrom('sensor').where(visibleToTenant).where(containsWords(q));
  if (pack !== undefined) matching = matching.where('pack', '=', pack);
  if (triggerRef !== undefined) matching = matching.where(sql<boolean>`${triggerRef} = any(trigger_refs)`);
  if (enabledOnly) matching = matching.where('enabled', '=', true);
  return countedRows(matching, pageByRef(matching.selectAll(), range), toSensorSummary);
}

interface SensorReferences {
  readonly pack: { readonly id: number; readonly ref: string };
  readonly runtime: { readonly id: number; readonly ref: string };
}

/** Creates a sensor through the API. Throws the database's error for an invalid or taken ref. */
export const createSensor = (
  transaction: Transaction,
  input: CreateSensor,
  { pack, runtime }: SensorReferences,
): Promise<SensorRow> =>
  transaction
    .insertInto('sensor')
    .values({
      ref: input.ref,
      pack: pack.id,
      pack_ref: pack.ref,
      label: input.label,
      description: input.description ?? null,
      entrypoint: input.entrypoint,
      runtime: runtime.id,
      runtime_ref: runtime.ref,
      trigger_refs: [input.trigger_ref],
      enabled: input.enabled,
      param_schema: nullableJson(input.param_schema),
      config: nullableJson(input.config),
      ...toPlacementColumns(input),
      artifact_retention_policy: input.artifact_retention_policy,
      artifact_retention_limit: input.artifact_retention_limit,
      log_retention_policy: input.log_retention_policy,
      log_retention_limit: input.log_retention_limit,
      is_adhoc: true,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** Absent fields are kept. */
export const updateSensor = (transaction: Transaction, id: number, change: UpdateSensor): Promise<SensorRow> =>
  transaction
    .updateTable('sensor')
    .set({
      label: change.label,
      description: change.description,
      entrypoint: change.entrypoint,
      param_schema: nullableJson(patchedValue(change.param_schema)),
      enabled: change.enabled,
      ...toPlacementColumns(change),
      ...patchRetention(change),
      updated: now,
    })
    .where('id', '=', id)
    .where(ownedByTenant)
    .returningAll()
    .executeTakeFirstOrThrow();

/** Its events and triggers are kept; its process ends, and its keys are deleted. */
export async function removeSensor(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('sensor').where('id', '=', id).where(ownedByTenant).execute();
}

const toSensorSummary = (row: SensorRow): SensorSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  label: row.label,
  description: row.description,
  enabled: row.enabled,
  trigger_ref: row.trigger_refs[0] ?? null,
  ...withoutNulls(pickRetention(row)),
  created: row.created,
  updated: row.updated,
});

/** Adds the id of its first trigger and the state of its process. */
export async function loadSensorDetail(transaction: Transaction, row: SensorRow): Promise<Sensor> {
  const { rows } = await sql<{ id: number }>`
    select id from trigger where ref = ${row.trigger_refs[0] ?? ''} and tenant in (0, app_tenant())
    order by tenant desc limit 1`.execute(transaction);
  return {
    ...toSensorSummary(row),
    pack: row.pack,
    trigger: rows[0]?.id ?? null,
    trigger_types: row.trigger_refs,
    entrypoint: row.entrypoint,
    runtime: row.runtime,
    runtime_ref: row.runtime_ref,
    param_schema: shownSchema(row.param_schema),
    worker_selector: row.worker_selector,
    worker_tolerations: row.worker_tolerations,
    worker_affinity: row.worker_affinity,
    process: await findSensorProcess(transaction, row.id),
  };
}

async function findSensorProcess(transaction: Transaction, sensor: number): Promise<SensorProcess | null> {
  const row = await transaction
    .selectFrom('sensor_process')
    .select(['status', 'pid', 'worker', 'failures', 'error', 'started_at', 'ended_at', 'due_at as next_start_at'])
    .where('sensor', '=', sensor)
    .executeTakeFirst();
  return row ?? null;
}
