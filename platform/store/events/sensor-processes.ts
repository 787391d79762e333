import { sql } from 'kysely';
import type { Json, JsonObject } from '../../../contract/json';
import type { NetworkMode } from '../../../contract/packs';
import { labelRequirements, placementFault, readAffinity, readTolerations } from '../../core/worker/placement';
import { findSensorHost, type SensorHost } from '../workers/workers';
import { livenessNow, now, type Database, type Transaction } from '../database/connection';

/** A sensor that is to run, in any tenant. */
export interface SensorPlan {
  readonly sensor: number;
  readonly tenant: number;
  readonly ref: string;
  readonly pack_ref: string | null;
  /** Directory of the pack's files. */
  readonly storage: string | null;
  /** What the pack allows its programs to reach. */
  readonly network: NetworkMode;
  readonly entrypoint: string;
  readonly runtime_ref: string;
  readonly runtime_version_constraint: string | null;
  readonly worker_selector: Record<string, string>;
  readonly worker_tolerations: Json;
  readonly worker_affinity: Json;
  /** The worker that asks has the labels that it needs, and no taint that it does not tolerate. */
  readonly fits_worker: boolean;
  readonly generation: number;
  readonly config: JsonObject | null;
  readonly trigger_refs: readonly string[];
  /** The enabled rules on its triggers: the id, ref and `trigger_params` of each. */
  readonly rules: readonly { readonly id: number; readonly ref: string; readonly config: JsonObject }[];
  readonly failures: number;
  readonly due_ms: number;
  readonly holder: number | null;
  readonly fencing_token: number | null;
}

type PlannedSensor = Omit<SensorPlan, 'fits_worker'>;

/** All sensors that are to run, and whether the worker accepts new work. */
export const listSensorPlans = (
  db: Database,
  worker: number,
): Promise<{ readonly plans: SensorPlan[]; readonly acceptsWork: boolean }> =>
  db.withoutTenant(async (transaction) => {
    const { rows } = await sql<PlannedSensor>`select * from sensor_plan()`.execute(transaction);
    const host = await findSensorHost(transaction, worker);
    return {
      plans: rows.map((row) => ({ ...row, fits_worker: host !== undefined && fits(row, host) })),
      acceptsWork: host?.cordoned === false,
    };
  });

/** Not for a placement of plain SQL that no worker can be compared with: the others go on. */
function fits(row: PlannedSensor, host: SensorHost): boolean {
  if (placementFault(row) !== null) return false;
  const affinity = readAffinity(row.worker_affinity);
  const tolerations = readTolerations(row.worker_tolerations);
  const requirements = labelRequirements({ selector: row.worker_selector, tolerations, affinity });
  return requirements.every(({ isMet }) => isMet(host));
}

/**
 * Claims the lease of a planned sensor and returns its fencing token. Null when another worker
 * holds it, or its process has ended by itself since the plan was listed.
 */
export const claimSensor = (
  db: Database,
  { sensor, failures }: Pick<SensorPlan, 'sensor' | 'failures'>,
  worker: number,
  leaseMs: number,
): Promise<number | null> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ token: number | null }>`
      select claim_sensor(${sensor}, ${worker}, ${leaseMs}, ${failures}) as token`.execute(transaction);
    return rows[0]?.token ?? null;
  });

/** A sensor whose lease a worker holds. */
export interface HeldSensor {
  readonly sensor: number;
  readonly tenant: number;
  readonly worker: number;
  readonly fencingToken: number;
}

/** Records that it runs. False when the lease was lost. */
export const markSensorRunning = (db: Database, held: HeldSensor, pid: number): Promise<boolean> =>
  whileLeaseHeld(db, held, async (transaction) => {
    const columns = { worker: held.worker, status: 'running' as const, pid, error: null, due_at: null };
    await transaction
      .insertInto('sensor_process')
      .values({ sensor: held.sensor, ...columns, started_at: now, ended_at: null })
      .onConflict((on) =>
        on.column('sensor').doUpdateSet({ ...columns, started_at: now, ended_at: null, updated: now }),
      )
      .execute();
  });

/** Records that it was stopped, and releases the lease. */
export const markSensorStopped = (db: Database, held: HeldSensor): Promise<boolean> =>
  whileLeaseHeld(db, held, async (transaction) => {
    await transaction
      .updateTable('sensor_process')
      .set({ status: 'stopped', pid: null, failures: 0, due_at: null, ended_at: now, updated: now })
      .where('sensor', '=', held.sensor)
      .execute();
    await releaseLease(transaction, held);
  });

export interface SensorFailure {
  readonly status: 'backoff' | 'failed';
  readonly failures: number;
  readonly pauseMs: number;
  readonly error: string;
}

/**
 * Records that it ended by itself, releases the lease, and delays the next start by `pauseMs`.
 * Runs `inSameTransaction` before the commit.
 */
export const markSensorFailed = (
  db: Database,
  held: HeldSensor,
  { status, failures, pauseMs, error }: SensorFailure,
  inSameTransaction: (transaction: Transaction) => Promise<void>,
): Promise<boolean> =>
  whileLeaseHeld(db, held, async (transaction) => {
    const dueAt = sql<string>`${livenessNow} + ${pauseMs}::double precision * interval '1 ms'`;
    const columns = { worker: held.worker, status, failures, error, pid: null, due_at: dueAt, ended_at: now };
    await transaction
      .insertInto('sensor_process')
      .values({ sensor: held.sensor, ...columns })
      .onConflict((on) => on.column('sensor').doUpdateSet({ ...columns, updated: now }))
      .execute();
    await releaseLease(transaction, held);
    await inSameTransaction(transaction);
  });

const leaseResource = ({ sensor }: Pick<HeldSensor, 'sensor'>): string => `sensor:${sensor}`;

/**
 * Whether the lease is still that of the sensor. Also once it has expired, until another worker
 * takes it; not once its owner has ended.
 */
export async function isSensorLeased(
  transaction: Transaction,
  held: Pick<HeldSensor, 'sensor' | 'fencingToken'>,
): Promise<boolean> {
  const lease = transaction.selectFrom('lease').select('resource').where('resource', '=', leaseResource(held));
  const current = lease.where('fencing_token', '=', held.fencingToken).where('end_reason', 'is', null);
  return (await current.executeTakeFirst()) !== undefined;
}

async function releaseLease(transaction: Transaction, held: HeldSensor): Promise<void> {
  const lease = transaction.deleteFrom('lease').where('resource', '=', leaseResource(held));
  await lease.where('fencing_token', '=', held.fencingToken).execute();
}

/**
 * Runs `work` while the lease is held. False, without a change, when another worker has taken it.
 */
const whileLeaseHeld = (
  db: Database,
  held: HeldSensor,
  work: (transaction: Transaction) => Promise<void>,
): Promise<boolean> =>
  db.inTenant(held.tenant, async (transaction) => {
    const lease = await transaction
      .selectFrom('lease')
      .select('fencing_token')
      .where('resource', '=', leaseResource(held))
      .where('fencing_token', '=', held.fencingToken)
      .forUpdate()
      .executeTakeFirst();
    if (!lease) return false;
    const sensor = transaction.selectFrom('sensor').select('id').where('id', '=', held.sensor).forKeyShare();
    if (await sensor.executeTakeFirst()) await work(transaction);
    else await releaseLease(transaction, held);
    return true;
  });
