import { sql, type Selectable } from 'kysely';
import type { CreateSensor, Sensor, SensorProcess, SensorSummary, UpdateSensor } from '../../contract/sensors';
import { now, type Transaction } from './database';
import { cleared, jsonOf, jsonOrNull } from './packs';
import type { SensorTable } from './rows-sensors';
import { own, ownFirst, seen, type Counted, type Slice } from './walls';

export type SensorRow = Selectable<SensorTable>;

export interface SensorFilter {
  readonly pack?: number;
  /** Those that post events of this trigger. */
  readonly triggerRef?: string;
  readonly enabledOnly?: boolean;
}

/** Null where there is none that this tenant may see. */
export async function findSensor(transaction: Transaction, ref: string): Promise<SensorRow | null> {
  const query = transaction.selectFrom('sensor').selectAll().where('ref', '=', ref).where(seen).orderBy(ownFirst);
  return (await query.executeTakeFirst()) ?? null;
}

export async function listSensors(
  transaction: Transaction,
  { pack, triggerRef, enabledOnly }: SensorFilter,
  slice: Slice,
): Promise<Counted<SensorSummary>> {
  let wanted = transaction.selectFrom('sensor').where(seen);
  if (pack !== undefined) wanted = wanted.where('pack', '=', pack);
  if (triggerRef !== undefined) wanted = wanted.where(sql<boolean>`${triggerRef} = any(trigger_refs)`);
  if (enabledOnly) wanted = wanted.where('enabled', '=', true);
  const { total } = await wanted.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  const rows = await wanted.selectAll().orderBy('ref').offset(slice.offset).limit(slice.limit).execute();
  return { rows: rows.map(sensorSummaryOf), total };
}

interface Ends {
  readonly pack: { readonly id: number; readonly ref: string };
  readonly runtime: { readonly id: number; readonly ref: string };
}

/** A sensor made through the API. Throws the database's refusal of the ref. */
export const createSensor = (
  transaction: Transaction,
  wanted: CreateSensor,
  { pack, runtime }: Ends,
): Promise<SensorRow> =>
  transaction
    .insertInto('sensor')
    .values({
      ref: wanted.ref,
      pack: pack.id,
      pack_ref: pack.ref,
      label: wanted.label,
      description: wanted.description ?? null,
      entrypoint: wanted.entrypoint,
      runtime: runtime.id,
      runtime_ref: runtime.ref,
      trigger_refs: [wanted.trigger_ref],
      enabled: wanted.enabled,
      param_schema: jsonOrNull(wanted.param_schema),
      config: jsonOrNull(wanted.config),
      ...placementOf(wanted),
      artifact_retention_policy: wanted.artifact_retention_policy,
      artifact_retention_limit: wanted.artifact_retention_limit,
      log_retention_policy: wanted.log_retention_policy,
      log_retention_limit: wanted.log_retention_limit,
      is_adhoc: true,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** What is absent stays. */
export const updateSensor = (transaction: Transaction, id: number, change: UpdateSensor): Promise<SensorRow> =>
  transaction
    .updateTable('sensor')
    .set({
      label: change.label,
      description: change.description,
      entrypoint: change.entrypoint,
      param_schema: jsonOrNull(cleared(change.param_schema)),
      enabled: change.enabled,
      ...placementOf(change),
      artifact_retention_policy: cleared(change.artifact_retention_policy),
      artifact_retention_limit: cleared(change.artifact_retention_limit),
      log_retention_policy: cleared(change.log_retention_policy),
      log_retention_limit: cleared(change.log_retention_limit),
      updated: now,
    })
    .where('id', '=', id)
    .where(own)
    .returningAll()
    .executeTakeFirstOrThrow();

const placementOf = (given: Pick<CreateSensor, 'worker_selector' | 'worker_tolerations' | 'worker_affinity'>) => ({
  worker_selector: jsonOf(given.worker_selector),
  worker_tolerations: jsonOf(given.worker_tolerations),
  worker_affinity: jsonOf(given.worker_affinity),
});

/** Its events and triggers stay; its process ends, its keys go with it. */
export async function removeSensor(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('sensor').where('id', '=', id).where(own).execute();
}

export const sensorSummaryOf = (row: SensorRow): SensorSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  label: row.label,
  description: row.description,
  enabled: row.enabled,
  trigger_ref: row.trigger_refs[0] ?? null,
  ...given({
    artifact_retention_policy: row.artifact_retention_policy,
    artifact_retention_limit: row.artifact_retention_limit,
    log_retention_policy: row.log_retention_policy,
    log_retention_limit: row.log_retention_limit,
  }),
  created: row.created,
  updated: row.updated,
});

type Given<T> = { [K in keyof T]?: Exclude<T[K], null> };

const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Given<T>;

/** With what else of it is shown: the first of its triggers, and how its process stands. */
export async function sensorOf(transaction: Transaction, row: SensorRow): Promise<Sensor> {
  const { rows } = await sql<{ id: number }>`
    select id from trigger where ref = ${row.trigger_refs[0] ?? ''} and tenant in (0, app_tenant())
    order by tenant desc limit 1`.execute(transaction);
  return {
    ...sensorSummaryOf(row),
    pack: row.pack,
    trigger: rows[0]?.id ?? null,
    trigger_types: row.trigger_refs,
    entrypoint: row.entrypoint,
    runtime: row.runtime,
    runtime_ref: row.runtime_ref,
    param_schema: row.param_schema,
    worker_selector: row.worker_selector,
    worker_tolerations: row.worker_tolerations,
    worker_affinity: row.worker_affinity,
    process: await processOf(transaction, row.id),
  };
}

async function processOf(transaction: Transaction, sensor: number): Promise<SensorProcess | null> {
  const row = await transaction
    .selectFrom('sensor_process')
    .select(['status', 'pid', 'worker', 'failures', 'error', 'started_at', 'ended_at', 'due_at as next_start_at'])
    .where('sensor', '=', sensor)
    .executeTakeFirst();
  return row ?? null;
}
