import { sql } from 'kysely';
import type { JsonObject } from '../../contract/json';
import { now, type Database, type Transaction } from './database';

/** A sensor that is to run, in whatever tenant. */
export interface SensorPlan {
  readonly sensor: number;
  readonly tenant: number;
  readonly ref: string;
  readonly pack_ref: string | null;
  /** Directory of its pack's files. */
  readonly storage: string | null;
  readonly entrypoint: string;
  readonly runtime_ref: string;
  readonly runtime_version_constraint: string | null;
  readonly worker_selector: JsonObject;
  readonly generation: number;
  readonly config: JsonObject | null;
  readonly trigger_refs: readonly string[];
  /** The enabled rules that wait for its events: id of the rule, ref of the trigger, trigger_params. */
  readonly rules: readonly { readonly id: number; readonly ref: string; readonly config: JsonObject }[];
  readonly failures: number;
  readonly due_ms: number;
  readonly holder: number | null;
  readonly fencing_token: number | null;
}

/** All sensors that are to run, and whether the worker takes new work. */
export const sensorPlan = (
  db: Database,
  worker: number,
): Promise<{ readonly plans: SensorPlan[]; readonly takesWork: boolean }> =>
  db.inNone(async (transaction) => {
    const { rows } = await sql<SensorPlan>`select * from sensor_plan()`.execute(transaction);
    const self = await transaction.selectFrom('worker').select('cordoned').where('id', '=', worker).executeTakeFirst();
    return { plans: rows, takesWork: self?.cordoned === false };
  });

/** The right to run a sensor. Null where another worker has it. */
export const claimSensor = (db: Database, sensor: number, worker: number, leaseMs: number): Promise<number | null> =>
  db.inNone(async (transaction) => {
    const { rows } = await sql<{ token: number | null }>`
      select claim_sensor(${sensor}, ${worker}, ${leaseMs}) as token`.execute(transaction);
    return rows[0]?.token ?? null;
  });

/** A sensor that somebody runs, under which right. */
export interface HeldSensor {
  readonly sensor: number;
  readonly tenant: number;
  readonly worker: number;
  readonly fencingToken: number;
}

/** It runs. False: the right was lost. */
export const markSensorRunning = (db: Database, held: HeldSensor, pid: number): Promise<boolean> =>
  underLease(db, held, async (transaction) => {
    const told = { worker: held.worker, status: 'running' as const, pid, error: null, due_at: null };
    await transaction
      .insertInto('sensor_process')
      .values({ sensor: held.sensor, ...told, started_at: now, ended_at: null })
      .onConflict((on) => on.column('sensor').doUpdateSet({ ...told, started_at: now, ended_at: null, updated: now }))
      .execute();
  });

/** It was stopped, and is nobody's any more. */
export const markSensorStopped = (db: Database, held: HeldSensor): Promise<boolean> =>
  underLease(db, held, async (transaction) => {
    await transaction
      .updateTable('sensor_process')
      .set({ status: 'stopped', pid: null, failures: 0, due_at: null, ended_at: now, updated: now })
      .where('sensor', '=', held.sensor)
      .execute();
    await release(transaction, held);
  });

export interface SensorSetback {
  readonly status: 'backoff' | 'failed';
  readonly failures: number;
  readonly pauseMs: number;
  readonly error: string;
}

/** It ended by itself, is nobody's any more, and is not started before its pause is over. `told` in the same transaction. */
export const markSensorFailed = (
  db: Database,
  held: HeldSensor,
  { status, failures, pauseMs, error }: SensorSetback,
  told: (transaction: Transaction) => Promise<void>,
): Promise<boolean> =>
  underLease(db, held, async (transaction) => {
    const due = sql<string>`${now} + ${pauseMs}::double precision * interval '1 ms'`;
    const columns = { worker: held.worker, status, failures, error, pid: null, due_at: due, ended_at: now };
    await transaction
      .insertInto('sensor_process')
      .values({ sensor: held.sensor, ...columns })
      .onConflict((on) => on.column('sensor').doUpdateSet({ ...columns, updated: now }))
      .execute();
    await release(transaction, held);
    await told(transaction);
  });

const resourceOf = ({ sensor }: HeldSensor): string => `sensor:${sensor}`;

async function release(transaction: Transaction, held: HeldSensor): Promise<void> {
  const lease = transaction.deleteFrom('lease').where('resource', '=', resourceOf(held));
  await lease.where('fencing_token', '=', held.fencingToken).execute();
}

/** Does it only while the right is held: a holder that was overtaken changes nothing. */
const underLease = (
  db: Database,
  held: HeldSensor,
  work: (transaction: Transaction) => Promise<void>,
): Promise<boolean> =>
  db.inTenant(held.tenant, async (transaction) => {
    const lease = await transaction
      .selectFrom('lease')
      .select('fencing_token')
      .where('resource', '=', resourceOf(held))
      .where('fencing_token', '=', held.fencingToken)
      .forUpdate()
      .executeTakeFirst();
    if (!lease) return false;
    const sensor = transaction.selectFrom('sensor').select('id').where('id', '=', held.sensor).forKeyShare();
    if (await sensor.executeTakeFirst()) await work(transaction);
    else await release(transaction, held);
    return true;
  });
