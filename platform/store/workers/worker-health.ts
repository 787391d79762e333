import { sql } from 'kysely';
import { isObject, type JsonObject } from '../../../contract/json';
import type { HealthState, Worker, WorkerLoad, WorkerState, WorkerStatus } from '../../../contract/workers';
import { livenessNow, type Transaction } from '../database/connection';

/** A worker's row and the counts of its work. */
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
  readonly kind: Worker['kind'];
  /** Null: its status is all. */
  readonly state: WorkerState | null;
  readonly state_cause: string | null;
  readonly state_detail: string | null;
  readonly runtime: string | null;
  readonly template: string | null;
  readonly delivery_mode: Worker['delivery_mode'];
  readonly queue_limit: number | null;
  /** Executions in its queue; null: it has none of its own. */
  readonly queued: number | null;
  /** Of its heartbeat, seconds; null: the platform's. */
  readonly timeout: number | null;
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

/**
 * All workers, or one, sorted by name; removed ones by their id only. A worker without a heartbeat
 * for `staleSeconds`, or for its own timeout, is stale.
 */
export async function listWorkerHealth(
  transaction: Transaction,
  staleSeconds: number,
  id: number | null = null,
): Promise<Worker[]> {
  const { rows } = await sql<WorkerRow>`
    select w.id, w.name, w.worker_type, w.worker_role, w.host, w.port, w.status, w.last_heartbeat, w.cordoned,
      extract(epoch from ${livenessNow} - w.last_heartbeat)::double precision as age,
      w.cordon_reason, w.cordoned_by, w.cordoned_at, w.capabilities, w.runtimes, w.meta, w.slots, w.created, w.updated, k.*,
      w.kind, w.state, w.state_cause, w.state_detail, w.runtime, w.template, w.delivery_mode, w.queue_limit, w.heartbeat_timeout_ms / 1000 as timeout,
      case when w.tenant is not null then (select count(*)::int from execution e where e.addressed_to = w.id
        and e.status in ('requested', 'scheduling', 'scheduled')) end as queued
    from worker w, lateral worker_load_counts(w.id) k
    where case when ${id}::bigint is null then w.state is distinct from 'removed' else w.id = ${id}::bigint end
    order by w.name`.execute(transaction);
  return rows.map((row) => toWorker(row, staleSeconds));
}

/** False when there is no such worker. */
export async function cordonWorker(
  transaction: Transaction,
  worker: number,
  isCordoned: boolean,
  cordonedBy: { readonly reason: string | null; readonly identity: number },
): Promise<boolean> {
  const { rows } = await sql<{ done: boolean | null }>`
    select cordon_worker(${worker}, ${isCordoned}, ${cordonedBy.reason}, ${cordonedBy.identity}) as done`.execute(
    transaction,
  );
  return rows[0]?.done === true;
}

function toWorker(row: WorkerRow, staleSeconds: number): Worker {
  const isStale = row.age === null || row.age > (row.timeout ?? staleSeconds);
  const load = toLoad(row);
  const isBusy = load.total_active + (load.sensor_processes_running ?? 0) + (load.active_rules ?? 0) > 0;
  const status = row.status === 'active' && isBusy ? 'busy' : row.status;
  return {
    id: row.id,
    name: row.name,
    worker_type: row.worker_type,
    worker_role: row.worker_role,
    host: row.host ?? textField(row.meta, 'host'),
    port: row.port,
    status,
    last_heartbeat: row.last_heartbeat,
    heartbeat_age_seconds: row.age === null ? null : Math.max(0, Math.floor(row.age)),
    heartbeat_stale: isStale,
    cordoned: row.cordoned,
    cordon_reason: row.cordon_reason,
    cordoned_by: row.cordoned_by,
    cordoned_at: row.cordoned_at,
    health_state: toHealthState(row.cordoned, status, isStale),
    supported_runtimes: supportedRuntimes(row),
    load,
    ...lifecycleOf(row),
    created: row.created,
    updated: row.updated,
  };
}

/** The state of a worker of all tenants is what its status says. */
function lifecycleOf(row: WorkerRow) {
  const { kind, state_cause, state_detail, runtime, template, queue_limit, delivery_mode } = row;
  const state = row.state ?? MANAGED_STATES[row.status ?? 'inactive'];
  const own = { kind, state, state_cause, state_detail, runtime, template, queue_limit };
  return kind === 'managed'
    ? { ...own, delivery_mode: 'push' as const, pid: numberField(row.meta, 'pid') }
    : { ...own, delivery_mode, pid: null };
}

const MANAGED_STATES = { active: 'online', busy: 'online', inactive: 'offline', error: 'failed' } as const;

/** The first state that applies. */
function toHealthState(isCordoned: boolean, status: WorkerStatus | null, isStale: boolean): HealthState {
  if (isCordoned) return 'cordoned';
  if (status === 'error') return 'error';
  if (status === 'inactive') return 'offline';
  if (status === null) return 'inactive';
  return isStale ? 'offline' : status;
}

const textField = (document: JsonObject, name: string): string | null => {
  const value = document[name];
  return typeof value === 'string' ? value : null;
};

const numberField = (document: JsonObject, name: string): number | null => {
  const value = document[name];
  return typeof value === 'number' ? value : null;
};

function supportedRuntimes({ runtimes, capabilities }: WorkerRow): Worker['supported_runtimes'] {
  const detected = Object.entries(runtimes).map(([name, version]) => ({
    name,
    versions: typeof version === 'string' ? [version] : [],
  }));
  if (detected.length > 0 || !Array.isArray(capabilities.runtimes)) return detected;
  const names = capabilities.runtimes.filter((name) => typeof name === 'string');
  return names.map((name) => ({ name, versions: [] }));
}

/** Values that a worker reports about itself replace those of its rows. */
function toLoad(row: WorkerRow): WorkerLoad {
  const { capabilities: reported, requested, scheduling, scheduled, running, canceling } = row;
  const active = requested + scheduling + scheduled + running + canceling;
  const isManaged = row.kind === 'managed';
  const maxExecutions =
    numberField(reported, 'max_concurrent_executions') ??
    (isManaged && row.worker_role === 'action' ? row.slots : null);
  const maxSensors = numberField(reported, 'max_concurrent_sensors');
  const sensors = numberField(reported, 'sensor_processes_running') ?? row.sensors_running;
  const health = reported.health;
  return {
    requested,
    scheduling,
    scheduled,
    running,
    canceling,
    total_active: active,
    max_concurrent_executions: maxExecutions,
    utilization_percent: toPercent(active, maxExecutions) ?? toPercent(sensors, maxSensors),
    queue_depth: row.queued ?? (isObject(health) ? numberField(health, 'queue_depth') : null),
    sensor_processes_running: sensors,
    sensor_processes_monitored: numberField(reported, 'sensor_processes_monitored') ?? row.sensors_monitored,
    active_rules: numberField(reported, 'active_rules') ?? row.active_rules,
    max_concurrent_sensors: maxSensors,
  };
}

const toPercent = (value: number, total: number | null): number | null =>
  total === null || total <= 0 ? null : Math.round((value / total) * 100);
