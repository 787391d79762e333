import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { extension } from './extension';
import { Id, NullableId, NullableNumber, NullableText, NullableTimestamp, Timestamp, stringEnum } from './json';
import { WordsFilter } from './words';

const WORKER_ROLES = ['action', 'sensor'] as const;
const WORKER_STATUSES = ['active', 'inactive', 'busy', 'error'] as const;
const HEALTH_STATES = ['cordoned', 'error', 'offline', 'busy', 'active', 'inactive'] as const;
export const WORKER_STATES = [
  ...(['provisioning', 'awaiting_agent', 'online', 'paused', 'hibernated', 'offline', 'failed', 'removed'] as const),
] as const;
export const DELIVERY_MODES = ['push', 'poll'] as const;
export type WorkerStatus = (typeof WORKER_STATUSES)[number];
export type WorkerState = (typeof WORKER_STATES)[number];
export type DeliveryMode = (typeof DELIVERY_MODES)[number];
export type HealthState = (typeof HEALTH_STATES)[number];

/** The load of a worker: executions by status, and the limits and sensors that it reports. */
export const WorkerLoad = Type.Object({
  requested: Type.Integer(),
  scheduling: Type.Integer(),
  scheduled: Type.Integer(),
  running: Type.Integer(),
  canceling: Type.Integer(),
  total_active: Type.Integer(),
  max_concurrent_executions: NullableNumber,
  utilization_percent: NullableNumber,
  queue_depth: NullableNumber,
  sensor_processes_running: NullableNumber,
  sensor_processes_monitored: NullableNumber,
  active_rules: NullableNumber,
  max_concurrent_sensors: NullableNumber,
});
export type WorkerLoad = Static<typeof WorkerLoad>;

const nullableEnum = <const T extends string>(words: readonly T[]) =>
  Type.Unsafe<T | null>({ type: ['string', 'null'], enum: [...words, null] });
const lifecycle = <T extends TSchema>(schema: T) => extension('workers.lifecycle', schema);

/**
 * Of every worker. The platform runs a managed one, for all tenants or for the one that created
 * it; an external one belongs to a tenant, which runs its agent.
 */
const lifecycleKeys = {
  kind: lifecycle(stringEnum(['managed', 'external'])),
  state: lifecycle(stringEnum(WORKER_STATES)),
  state_cause: lifecycle(NullableText),
  state_detail: lifecycle(NullableText),
  runtime: lifecycle(NullableText),
  template: lifecycle(NullableText),
  delivery_mode: lifecycle(nullableEnum(DELIVERY_MODES)),
  queue_limit: lifecycle(NullableNumber),
  pid: lifecycle(NullableId),
};

/** A process that runs executions. A cordoned one finishes its executions and gets no new ones. */
export const Worker = Type.Object({
  id: Id,
  name: Type.String(),
  worker_type: stringEnum(['local', 'remote', 'container']),
  worker_role: stringEnum(WORKER_ROLES),
  host: NullableText,
  port: NullableId,
  status: nullableEnum(WORKER_STATUSES),
  last_heartbeat: NullableTimestamp,
  heartbeat_age_seconds: NullableNumber,
  heartbeat_stale: Type.Boolean(),
  cordoned: Type.Boolean(),
  cordon_reason: NullableText,
  cordoned_by: NullableId,
  cordoned_at: NullableTimestamp,
  health_state: stringEnum(HEALTH_STATES),
  supported_runtimes: Type.Array(Type.Object({ name: Type.String(), versions: Type.Array(Type.String()) })),
  load: WorkerLoad,
  ...lifecycleKeys,
  created: Timestamp,
  updated: Timestamp,
});
export type Worker = Static<typeof Worker>;

export const WorkerFilter = Type.Partial(
  Type.Object({
    ...WordsFilter.properties,
    role: stringEnum(WORKER_ROLES),
    status: stringEnum(WORKER_STATUSES),
    cordoned: Type.String({
      pattern: '^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$',
      description: 'true or false, in any case',
    }),
    health_state: stringEnum(HEALTH_STATES),
  }),
);
export type WorkerFilter = Static<typeof WorkerFilter>;

export const Cordon = Type.Object({ reason: Type.Optional(NullableText) });
export type Cordon = Static<typeof Cordon>;
