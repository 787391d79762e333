import type { ColumnType, Generated } from 'kysely';
import type { RetentionPolicy, Toleration } from '../../contract/actions';
import type { JsonObject } from '../../contract/json';
import type { SensorStatus } from '../../contract/sensors';

type Made = ColumnType<string, string | undefined, string>;
type Instant = ColumnType<string | null, string | null | undefined, string | null>;
type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;
type Document<T> = ColumnType<T, string | undefined, string>;
type NullableDocument<T> = ColumnType<T | null, string | null | undefined, string | null>;

interface Row {
  id: Generated<number>;
  tenant: ColumnType<number, number | undefined, never>;
  created: Made;
  updated: Made;
}

export interface SensorTable extends Row {
  ref: string;
  pack: Optional<number>;
  pack_ref: Optional<string>;
  label: string;
  description: Optional<string>;
  entrypoint: string;
  runtime: Optional<number>;
  runtime_ref: string;
  runtime_version_constraint: Optional<string>;
  trigger_refs: ColumnType<string[], string[] | undefined, string[]>;
  enabled: ColumnType<boolean, boolean | undefined, boolean>;
  param_schema: NullableDocument<JsonObject>;
  config: NullableDocument<JsonObject>;
  worker_selector: Document<JsonObject>;
  worker_tolerations: Document<Toleration[]>;
  worker_affinity: Document<JsonObject>;
  artifact_retention_policy: Optional<RetentionPolicy>;
  artifact_retention_limit: Optional<number>;
  log_retention_policy: Optional<RetentionPolicy>;
  log_retention_limit: Optional<number>;
  is_adhoc: ColumnType<boolean, boolean | undefined, boolean>;
  generation: ColumnType<number, number | undefined, number>;
}

export interface SensorProcessTable extends Row {
  sensor: number;
  worker: Optional<number>;
  status: ColumnType<SensorStatus, SensorStatus | undefined, SensorStatus>;
  pid: Optional<number>;
  failures: ColumnType<number, number | undefined, number>;
  error: Optional<string>;
  started_at: Instant;
  ended_at: Instant;
  due_at: Instant;
}
