import { Type, type Static } from '@sinclair/typebox';
import { RETENTION_POLICIES, Toleration, createRetention, updatePlacement, updateRetention } from './actions';
import {
  Id,
  JsonMap,
  NullableId,
  NullableJsonMap,
  NullableText,
  NullableTimestamp,
  Timestamp,
  oneOf,
  orAbsent,
} from './json';
import { patchOf } from './packs';

const retention = {
  artifact_retention_policy: Type.Optional(oneOf(RETENTION_POLICIES)),
  artifact_retention_limit: Type.Optional(Type.Integer({ minimum: 1 })),
  log_retention_policy: Type.Optional(oneOf(RETENTION_POLICIES)),
  log_retention_limit: Type.Optional(Type.Integer({ minimum: 1 })),
};

export const SensorSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: NullableText,
  label: Type.String(),
  description: NullableText,
  enabled: Type.Boolean(),
  trigger_ref: NullableText,
  ...retention,
  created: Timestamp,
  updated: Timestamp,
});
export type SensorSummary = Static<typeof SensorSummary>;

export const SENSOR_STATUSES = ['running', 'backoff', 'failed', 'stopped'] as const;
export type SensorStatus = (typeof SENSOR_STATUSES)[number];

/** How a sensor's process stands: `failed` after three ends in a row that nobody asked for; it is still tried again. */
export const SensorProcess = Type.Object({
  status: oneOf(SENSOR_STATUSES),
  pid: NullableId,
  worker: NullableId,
  failures: Type.Integer(),
  error: NullableText,
  started_at: NullableTimestamp,
  ended_at: NullableTimestamp,
  next_start_at: NullableTimestamp,
});
export type SensorProcess = Static<typeof SensorProcess>;

/** A program that watches something and posts events. `process` is null until it was to run for the first time. */
export const Sensor = Type.Object({
  ...SensorSummary.properties,
  pack: NullableId,
  trigger: NullableId,
  trigger_types: Type.Array(Type.String()),
  entrypoint: Type.String(),
  runtime: NullableId,
  runtime_ref: Type.String(),
  param_schema: NullableJsonMap,
  worker_selector: JsonMap,
  worker_tolerations: Type.Array(Toleration),
  worker_affinity: JsonMap,
  process: Type.Unsafe<SensorProcess | null>({ anyOf: [SensorProcess, { type: 'null' }] }),
});
export type Sensor = Static<typeof Sensor>;

const name = Type.String({ minLength: 1, maxLength: 255 });
const entrypoint = Type.String({ minLength: 1, maxLength: 1024 });

const placement = {
  worker_selector: Type.Optional(JsonMap),
  worker_tolerations: Type.Optional(Type.Array(Toleration)),
  worker_affinity: Type.Optional(JsonMap),
};

/** `entrypoint` is a file below the pack's `sensors/`. */
export const CreateSensor = Type.Object({
  ref: name,
  pack_ref: name,
  label: name,
  entrypoint,
  runtime_ref: name,
  trigger_ref: name,
  description: orAbsent(Type.String()),
  param_schema: orAbsent(JsonMap),
  config: orAbsent(JsonMap),
  ...placement,
  ...createRetention,
  enabled: Type.Optional(Type.Boolean()),
});
export type CreateSensor = Static<typeof CreateSensor>;

export const UpdateSensor = Type.Object({
  label: orAbsent(name),
  description: orAbsent(Type.String()),
  entrypoint: orAbsent(entrypoint),
  param_schema: orAbsent(patchOf(JsonMap)),
  enabled: orAbsent(Type.Boolean()),
  ...updatePlacement,
  ...updateRetention,
});
export type UpdateSensor = Static<typeof UpdateSensor>;

export const SENSOR_STREAMS = ['stdout', 'stderr'] as const;
export type SensorStream = (typeof SENSOR_STREAMS)[number];

/** Bare: where a sensor's output is kept. */
export const SensorLogs = Type.Object({
  sensor_ref: Type.String(),
  logs: Type.Array(
    Type.Object({ stream: oneOf(SENSOR_STREAMS), artifact_ref: Type.String(), artifact_id: NullableId }),
  ),
});
export type SensorLogs = Static<typeof SensorLogs>;
