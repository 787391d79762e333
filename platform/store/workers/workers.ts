import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import type { PlacementLabels } from '../../core/worker/placement';
import { asJson, livenessNow, type Database, type Transaction } from '../database/connection';

export interface NewWorker {
  /** Unique in the database; a worker that restarts under its name keeps its row. */
  readonly name: string;
  /** Runtime name to the version found: `{python: '3.11.7'}`. */
  readonly runtimes: Readonly<Record<string, string>>;
  readonly slots: number;
  readonly meta: JsonObject;
  /** What its host supports: `{"containment": "cgroup"}`. */
  readonly capabilities?: JsonObject;
  /** Beside its name, which is the label `worker`. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Registers the worker as active, with its name as the label `worker`. Returns its id. */
export const registerWorker = (db: Database, worker: NewWorker): Promise<number> =>
  db.withoutTenant(async (transaction) => {
    const { rows } = await sql<{ id: number }>`
      select register_worker(${worker.name}, ${writeJson(worker.runtimes)}, ${worker.slots},
        ${asJson(worker.meta)}, ${asJson(worker.capabilities ?? {})}, ${asJson({ ...worker.labels, worker: worker.name })}) as id`.execute(
      transaction,
    );
    return rows[0]!.id;
  });

/** What a worker must stop. */
export interface HeartbeatReply {
  /** Its executions that are to be cancelled. */
  readonly cancelled: readonly number[];
  /** Fencing tokens of leases that it holds no more. */
  readonly lost: readonly number[];
}

/** Records a heartbeat of the worker and renews its leases, named by their fencing tokens. */
export const recordHeartbeat = (
  db: Database,
  worker: number,
  fencingTokens: readonly number[],
  leaseMs: number,
): Promise<HeartbeatReply> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ execution: number | null; token: number | null }>`
      select execution, null::bigint as token
      from record_worker_heartbeat(${worker}, ${fencingTokens}::bigint[], ${leaseMs}) as execution
      union all
      select null, token from lost_leases(${worker}, ${fencingTokens}::bigint[]) as token`.execute(transaction);
    const present = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
    return { cancelled: present(rows.map((row) => row.execution)), lost: present(rows.map((row) => row.token)) };
  });

/** The same in a transaction of the caller. Returns the executions that are to be cancelled. */
export async function renewHeartbeat(
  transaction: Transaction,
  worker: number,
  fencingTokens: readonly number[],
  leaseMs: number,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select record_worker_heartbeat(${worker}, ${fencingTokens}::bigint[], ${leaseMs}) as id`.execute(transaction);
  return rows.map((row) => row.id);
}

/**
 * Charges a crash to what the worker ran (`worker_crash_suspect`). `blamed`: the execution that
 * caused it; null: not known. `hasExited`: its leases end.
 */
export const recordWorkerCrash = (
  db: Database,
  worker: string,
  { blamed, hasExited }: { readonly blamed: number | null; readonly hasExited: boolean },
): Promise<void> =>
  db.withoutTenant(async (transaction) => {
    await sql`select record_worker_crash(${worker}, ${blamed}::bigint, ${hasExited})`.execute(transaction);
  });

/** Marks the worker inactive and ends its leases. */
export const deactivateWorker = (db: Database, worker: number): Promise<void> =>
  db.withoutTenant(async (transaction) => {
    await sql`select deactivate_worker(${worker})`.execute(transaction);
  });

/** Records whether the disk of a worker is short of space. */
export const recordDiskShortage = (db: Database, worker: number, isShort: boolean): Promise<void> =>
  db.singleStatement(async (transaction) => {
    await sql`select record_disk_shortage(${worker}, ${isShort})`.execute(transaction);
  });

/** A worker that is short of space repeats that; one that has crashed meanwhile does not, s. */
const SHORTAGE_SECONDS = 15;

export interface WorkerState extends PlacementLabels {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly cordoned: boolean;
  readonly isFresh: boolean;
  /** Its disk is short of space: it gets no other work. */
  readonly isShortOfSpace: boolean;
  /** An execution that runs alone is assigned to it: it gets no other work. */
  readonly isReserved: boolean;
  readonly runtimes: Readonly<Record<string, string>>;
  readonly slots: number;
  /** Number of executions that are assigned and have not ended. */
  readonly load: number;
}

/** Labels and taints in `capabilities` count beside the columns when they have the right shape. */
const EFFECTIVE_LABELS = sql`w.labels || coalesce(jsonb_path_query_first(w.capabilities, '$.labels ? (@.type() == "object")'), '{}')`;
const EFFECTIVE_TAINTS = sql`w.taints || jsonb_path_query_array(w.capabilities, '$.taints[*] ? (@.type() == "object")')`;

/** What of a worker's row decides which sensors run there. */
export interface SensorHost extends PlacementLabels {
  readonly cordoned: boolean;
}

/** Undefined: there is no such worker. */
export async function findSensorHost(transaction: Transaction, worker: number): Promise<SensorHost | undefined> {
  const { rows } = await sql<SensorHost>`
    select w.cordoned, ${EFFECTIVE_LABELS} as labels, ${EFFECTIVE_TAINTS} as taints
    from worker w where w.id = ${worker}`.execute(transaction);
  return rows[0];
}

/**
 * Action workers of all tenants, sorted by id. A worker is fresh when its last heartbeat is
 * within `staleMs`.
 */
export async function workerStates(transaction: Transaction, staleMs: number): Promise<WorkerState[]> {
  const { rows } = await sql<WorkerState>`
    select w.id, w.name, w.status, w.cordoned, w.runtimes, ${EFFECTIVE_LABELS} as labels, ${EFFECTIVE_TAINTS} as taints, w.slots,
      coalesce(w.last_heartbeat > ${livenessNow} - ${staleMs} * interval '1 ms', false) as "isFresh",
      worker_load(w.id) as load,
      w.disk_shortage and w.disk_shortage_at > ${livenessNow} - ${SHORTAGE_SECONDS} * interval '1 s' as "isShortOfSpace",
      is_worker_reserved(w.id) as "isReserved"
    from worker w where w.worker_role = 'action' and w.tenant is null order by w.id`.execute(transaction);
  return rows;
}

interface PresentWorker {
  readonly name: string;
  readonly containment: string | null;
  /** Versions by name. */
  readonly runtimes: Readonly<Record<string, string>>;
}

/** The active workers, sorted by id. */
export const listPresentWorkers = (db: Database): Promise<PresentWorker[]> =>
  db.withoutTenant((transaction) =>
    transaction
      .selectFrom('worker')
      .select(['name', 'runtimes', sql<string | null>`capabilities->>'containment'`.as('containment')])
      .$castTo<PresentWorker>()
      .where('worker_role', '=', 'action')
      .where('status', 'in', ['active', 'busy'])
      .orderBy('id')
      .execute(),
  );

/** Of these names, one that a standalone worker has, or a worker of a tenant; null: none. */
export const otherKindNamed = (db: Database, names: readonly string[]): Promise<string | null> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<{
      name: string | null;
    }>`select reserved_worker_name(${[...names]}::text[]) as name`.execute(transaction);
    return rows[0]?.name ?? null;
  });

/** Counts the active workers whose processes this platform runs, without those of tenants. */
export const countActiveWorkers = (db: Database, instance: string): Promise<number> =>
  db.withoutTenant(async (transaction) => {
    const { active } = await transaction
      .selectFrom('worker')
      .select((build) => build.fn.countAll<number>().as('active'))
      .where('status', '=', 'active')
      .where('tenant', 'is', null)
      .where(sql<boolean>`meta->>'instance' = ${instance}`)
      .executeTakeFirstOrThrow();
    return active;
  });
