import { Type, type Static } from '@sinclair/typebox';
import { extension } from './extension';
import { createRetention, retention, updateRetention } from './artifacts';
import {
  Id,
  JsonMap,
  Name,
  NullableId,
  NullableJsonMap,
  NullableText,
  NullableTimestamp,
  Timestamp,
  stringEnum,
  optionalOrNull,
} from './json';
import { patchOf } from './packs';
import { Toleration, placement, updatePlacement } from './placement';

export const SensorSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: NullableText,
  label: Type.String(),
  description: NullableText,
  enabled: Type.Boolean(),
  trigger_ref: extension('sensors.details', NullableText),
  ...retention,
  created: Timestamp,
  updated: Timestamp,
});
export type SensorSummary = Static<typeof SensorSummary>;

const SENSOR_STATUSES = ['running', 'backoff', 'failed', 'stopped'] as const;

/**
 * State of a sensor's process. `failed`: three unexpected exits in a row; it is still restarted.
 */
export const SensorProcess = Type.Object({
  status: stringEnum(SENSOR_STATUSES),
  pid: NullableId,
  worker: NullableId,
  failures: Type.Integer(),
  error: NullableText,
  started_at: NullableTimestamp,
  ended_at: NullableTimestamp,
  next_start_at: NullableTimestamp,
});
export type SensorProcess = Static<typeof SensorProcess>;

/** A program that watches a source and creates events. `process` is null until its first start. */
export const Sensor = Type.Object({
  ...SensorSummary.properties,
  pack: NullableId,
  trigger: extension('sensors.details', NullableId),
  trigger_types: extension('sensors.details', Type.Array(Type.String())),
  entrypoint: Type.String(),
  runtime: NullableId,
  runtime_ref: Type.String(),
  param_schema: NullableJsonMap,
  worker_selector: JsonMap,
  worker_tolerations: Type.Array(Toleration),
  worker_affinity: JsonMap,
  process: extension(
    'sensors.details',
    Type.Unsafe<SensorProcess | null>({ anyOf: [SensorProcess, { type: 'null' }] }),
  ),
});
export type Sensor = Static<typeof Sensor>;

const entrypoint = Type.String({ minLength: 1, maxLength: 1024 });

/** `entrypoint` is a file below the pack's `sensors/`. */
export const CreateSensor = Type.Object({
  ref: Name,
  pack_ref: Name,
  label: Name,
  entrypoint,
  runtime_ref: Name,
  trigger_ref: Name,
  description: optionalOrNull(Type.String()),
  param_schema: optionalOrNull(JsonMap),
  config: optionalOrNull(JsonMap),
  ...placement,
  ...createRetention,
  enabled: Type.Optional(Type.Boolean()),
});
export type CreateSensor = Static<typeof CreateSensor>;

export const UpdateSensor = Type.Object({
  label: optionalOrNull(Name),
  description: optionalOrNull(Type.String()),
  entrypoint: optionalOrNull(entrypoint),
  param_schema: optionalOrNull(patchOf(JsonMap)),
  enabled: optionalOrNull(Type.Boolean()),
  ...updatePlacement,
  ...updateRetention,
});
export type UpdateSensor = Static<typeof UpdateSensor>;

export const SENSOR_STREAMS = ['stdout', 'stderr'] as const;
export type SensorStream = (typeof SENSOR_STREAMS)[number];

/** The artifacts of a sensor's output, without an envelope. */
export const SensorLogs = Type.Object({
  sensor_ref: Type.String(),
  logs: Type.Array(
    Type.Object({ stream: stringEnum(SENSOR_STREAMS), artifact_ref: Type.String(), artifact_id: NullableId }),
  ),
});
export type SensorLogs = Static<typeof SensorLogs>;
