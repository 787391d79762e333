import { sql } from 'kysely';
import type { JsonObject } from '../../contract/json';
import type { HealthState, Worker, WorkerLoad, WorkerStatus } from '../../contract/workers';
import { now, type Transaction } from './database';

/** A worker as it stands in the database, with what it carries. */
interface WorkerRow {
  readonly id: number;
  readonly name: string;
  readonly worker_type: 'local' | 'remote' | 'container';
  readonly worker_role: 'action' | 'sensor';
  readonly host: string | null;
  readonly port: number | null;
  readonly status: WorkerStatus | null;
  readonly last_heartbeat: string | null;
  readonly age: number | null;
  readonly cordoned: boolean;
  readonly cordon_reason: string | null;
  readonly cordoned_by: number | null;
  readonly cordoned_at: string | null;
  readonly capabilities: JsonObject;
  readonly runtimes: JsonObject;
  readonly meta: JsonObject;
  readonly slots: number;
  readonly created: string;
  readonly updated: string;
  readonly requested: number;
  readonly scheduling: number;
  readonly scheduled: number;
  readonly running: number;
  readonly canceling: number;
  readonly sensors_running: number;
  readonly sensors_monitored: number;
  readonly active_rules: number;
}

/** All, or one, in order of name. `staleSeconds`: after so long without a sign of life a worker is not counted on. */
export async function workerHealth(
  transaction: Transaction,
  staleSeconds: number,
  id: number | null = null,
): Promise<Worker[]> {
  const { rows } = await sql<WorkerRow>`
    select w.id, w.name, w.worker_type, w.worker_role, w.host, w.port, w.status, w.last_heartbeat, w.cordoned,
      extract(epoch from ${now} - w.last_heartbeat)::double precision as age,
      w.cordon_reason, w.cordoned_by, w.cordoned_at, w.capabilities, w.runtimes, w.meta, w.slots, w.created, w.updated, k.*
    from worker w, lateral worker_work(w.id) k
    where ${id}::bigint is null or w.id = ${id}::bigint order by w.name`.execute(transaction);
  return rows.map((row) => workerOf(row, staleSeconds));
}

/** False where there is no such worker. */
export async function cordonWorker(
  transaction: Transaction,
  worker: number,
  closed: boolean,
  by: { readonly reason: string | null; readonly identity: number },
): Promise<boolean> {
  const { rows } = await sql<{ done: boolean | null }>`
    select cordon_worker(${worker}, ${closed}, ${by.reason}, ${by.identity}) as done`.execute(transaction);
  return rows[0]?.done === true;
}

function workerOf(row: WorkerRow, staleSeconds: number): Worker {
  const isStale = row.age === null || row.age > staleSeconds;
  const load = loadOf(row);
  const isAtWork = load.total_active + (load.sensor_processes_running ?? 0) + (load.active_rules ?? 0) > 0;
  const status = row.status === 'active' && isAtWork ? 'busy' : row.status;
  return {
    id: row.id,
    name: row.name,
    worker_type: row.worker_type,
    worker_role: row.worker_role,
    host: row.host ?? textIn(row.meta, 'host'),
    port: row.port,
    status,
    last_heartbeat: row.last_heartbeat,
    heartbeat_age_seconds: row.age === null ? null : Math.max(0, Math.floor(row.age)),
    heartbeat_stale: isStale,
    cordoned: row.cordoned,
    cordon_reason: row.cordon_reason,
    cordoned_by: row.cordoned_by,
    cordoned_at: row.cordoned_at,
    health_state: healthOf(row.cordoned, status, isStale),
    supported_runtimes: runtimesOf(row),
    load,
    created: row.created,
    updated: row.updated,
  };
}

/** The first that holds. */
function healthOf(isCordoned: boolean, status: WorkerStatus | null, isStale: boolean): HealthState {
  if (isCordoned) return 'cordoned';
  if (status === 'error') return 'error';
  if (status === 'inactive') return 'offline';
  if (status === null) return 'inactive';
  return isStale ? 'offline' : status;
}

const textIn = (told: JsonObject, name: string): string | null => {
  const value = told[name];
  return typeof value === 'string' ? value : null;
};

const numberIn = (told: JsonObject, name: string): number | null => {
  const value = told[name];
  return typeof value === 'number' ? value : null;
};

function runtimesOf({ runtimes, capabilities }: WorkerRow): Worker['supported_runtimes'] {
  const found = Object.entries(runtimes).map(([name, version]) => ({
    name,
    versions: typeof version === 'string' ? [version] : [],
  }));
  if (found.length > 0 || !Array.isArray(capabilities.runtimes)) return found;
  const names = capabilities.runtimes.filter((name) => typeof name === 'string');
  return names.map((name) => ({ name, versions: [] }));
}

/** What a worker counted of itself goes before what its rows say. */
function loadOf(row: WorkerRow): WorkerLoad {
  const { capabilities: told, requested, scheduling, scheduled, running, canceling } = row;
  const active = requested + scheduling + scheduled + running + canceling;
  const most = numberIn(told, 'max_concurrent_executions') ?? (row.worker_role === 'action' ? row.slots : null);
  const mostSensors = numberIn(told, 'max_concurrent_sensors');
  const sensors = numberIn(told, 'sensor_processes_running') ?? row.sensors_running;
  const health = told.health;
  return {
    ...{ requested, scheduling, scheduled, running, canceling, total_active: active },
    max_concurrent_executions: most,
    utilization_percent: percentOf(active, most) ?? percentOf(sensors, mostSensors),
    queue_depth:
      typeof health === 'object' && health !== null && !Array.isArray(health) ? numberIn(health, 'queue_depth') : null,
    sensor_processes_running: sensors,
    sensor_processes_monitored: numberIn(told, 'sensor_processes_monitored') ?? row.sensors_monitored,
    active_rules: numberIn(told, 'active_rules') ?? row.active_rules,
    max_concurrent_sensors: mostSensors,
  };
}

const percentOf = (part: number, whole: number | null): number | null =>
  whole === null || whole <= 0 ? null : Math.round((part / whole) * 100);
