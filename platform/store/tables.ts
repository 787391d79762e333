import type { ColumnType, Generated } from 'kysely';
import type { RetentionPolicy, Toleration } from '../../contract/actions';
import type { InquiryStatus } from '../../contract/inquiries';
import type { Json, JsonObject } from '../../contract/json';
import type { DecisionCode, EnforcementStatus } from '../../contract/events';
import type { EnvironmentRuntime, EnvironmentStatus } from '../../contract/environments';
import type { LogType } from '../../contract/executions';
import type { OwnerType } from '../../contract/keys';
import type { Status } from '../../contract/status';
import type { TimerEventTable, TimerTable } from './rows-timers';
import type { ArtifactTable, ArtifactVersionTable } from './rows-artifacts';
import type { RetiredFilesTable } from './rows-retired-files';
import type { IntegrationTokenTable, RefreshFamilyTable } from './rows-access';
import type { IdempotentRequestTable } from './rows-idempotent-requests';
import type { SensorProcessTable, SensorTable } from './rows-sensors';

/** A timestamptz: read as RFC 3339 text with microseconds, written as text or an SQL expression. */
export type Instant = ColumnType<string, string, string>;
type NullableInstant = ColumnType<string | null, string | null | undefined, string | null>;
type Made = ColumnType<string, string | undefined, string>;

/** A json or jsonb column: read parsed, written as JSON text (`asJson`). */
type Document<T> = ColumnType<T, string, string>;
type Defaulted<T> = ColumnType<T, string | undefined, string>;
type NullableDocument<T> = ColumnType<T | null, string | null | undefined, string | null>;
type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;
type Flag = ColumnType<boolean, boolean | undefined, boolean>;
type List = ColumnType<string[], string[] | undefined, string[]>;

/** Written by the database from the transaction's tenant unless given. */
type Tenant = ColumnType<number, number | undefined, never>;

interface Row {
  id: Generated<number>;
  tenant: Tenant;
  created: Made;
}

interface Edited extends Row {
  updated: Made;
}

export interface TenantTable {
  id: Generated<number>;
  slug: string;
  name: string;
  frozen: Flag;
  created: Made;
}

export interface SettingTable {
  name: string;
  value: string;
}

export interface IdentityTable extends Edited {
  login: string;
  display_name: Optional<string>;
  password_hash: Optional<string>;
  attributes: Defaulted<JsonObject>;
  frozen: Flag;
}

export interface PackTable extends Edited {
  ref: string;
  label: string;
  description: Optional<string>;
  version: string;
  conf_schema: Defaulted<JsonObject>;
  config: Defaulted<JsonObject>;
  meta: Defaulted<JsonObject>;
  tags: List;
  runtime_deps: List;
  dependencies: List;
  installers: List;
  is_standard: Flag;
  installed_by: Optional<number>;
  storage: Optional<string>;
}

export interface PermissionSetTable extends Edited {
  ref: string;
  pack: Optional<number>;
  pack_ref: Optional<string>;
  label: string;
  description: Optional<string>;
  grants: Defaulted<Json>;
}

export interface PermissionAssignmentTable extends Row {
  identity: number;
  permset: number;
}

export interface RuntimeTable extends Edited {
  ref: string;
  pack: Optional<number>;
  pack_ref: Optional<string>;
  name: string;
  description: Optional<string>;
  aliases: List;
  distributions: Defaulted<Json>;
  installation: NullableDocument<Json>;
  execution_config: Defaulted<JsonObject>;
  is_adhoc: Flag;
}

export interface WorkflowDefinitionTable extends Edited {
  ref: string;
  pack: number;
  pack_ref: string;
  label: string;
  description: Optional<string>;
  version: string;
  param_schema: NullableDocument<JsonObject>;
  out_schema: NullableDocument<JsonObject>;
  definition: Document<JsonObject>;
  tags: List;
  from_file: Flag;
}

export interface ActionTable extends Edited {
  ref: string;
  pack: number;
  pack_ref: string;
  label: string;
  description: Optional<string>;
  entrypoint: string;
  runtime: Optional<number>;
  runtime_ref: Optional<string>;
  runtime_version_constraint: Optional<string>;
  required_worker_runtimes: Defaulted<JsonObject>;
  worker_selector: Defaulted<JsonObject>;
  worker_tolerations: Defaulted<Toleration[]>;
  worker_affinity: Defaulted<JsonObject>;
  param_schema: NullableDocument<JsonObject>;
  out_schema: NullableDocument<JsonObject>;
  parameter_delivery: ColumnType<'stdin' | 'file', 'stdin' | 'file' | undefined, 'stdin' | 'file'>;
  parameter_format: ColumnType<
    'json' | 'dotenv' | 'yaml',
    'json' | 'dotenv' | 'yaml' | undefined,
    'json' | 'dotenv' | 'yaml'
  >;
  output_format: ColumnType<
    'text' | 'json' | 'yaml' | 'jsonl',
    'text' | 'json' | 'yaml' | 'jsonl' | undefined,
    'text' | 'json' | 'yaml' | 'jsonl'
  >;
  workflow_def: Optional<number>;
  is_adhoc: Flag;
  accesses_mcp: Flag;
  default_execution_permission_set_refs: List;
  artifact_retention_policy: Optional<RetentionPolicy>;
  artifact_retention_limit: Optional<number>;
  log_retention_policy: Optional<RetentionPolicy>;
  log_retention_limit: Optional<number>;
  timeout_seconds: Optional<number>;
}

export interface WorkerTable {
  id: Generated<number>;
  name: string;
  worker_type: ColumnType<string, string | undefined, string>;
  worker_role: ColumnType<string, string | undefined, string>;
  status: ColumnType<string, string | undefined, string>;
  cordoned: Flag;
  capabilities: Defaulted<JsonObject>;
  runtimes: Defaulted<JsonObject>;
  host: Optional<string>;
  port: Optional<number>;
  cordon_reason: Optional<string>;
  cordoned_by: Optional<number>;
  cordoned_at: NullableInstant;
  labels: Defaulted<JsonObject>;
  taints: Defaulted<Json[]>;
  meta: Defaulted<JsonObject>;
  slots: number;
  last_heartbeat: NullableInstant;
  created: Made;
  updated: Made;
}

export interface ExecutionTable extends Edited {
  root: ColumnType<number, number | undefined, never>;
  action: Optional<number>;
  action_ref: string;
  config: NullableDocument<JsonObject>;
  env_vars: NullableDocument<JsonObject>;
  parent: Optional<number>;
  enforcement: Optional<number>;
  rule_ref: Optional<string>;
  trigger_ref: Optional<string>;
  executor: Optional<number>;
  permission_set_refs: List;
  artifact_retention_policy: Optional<RetentionPolicy>;
  artifact_retention_limit: Optional<number>;
  worker_selector: NullableDocument<JsonObject>;
  worker_tolerations: NullableDocument<Toleration[]>;
  worker_affinity: NullableDocument<JsonObject>;
  worker: Optional<number>;
  status: ColumnType<Status, Status | undefined, Status>;
  result: NullableDocument<Json>;
  retry_count: ColumnType<number, number | undefined, number>;
  max_retries: Optional<number>;
  retry_reason: Optional<string>;
  original_execution: Optional<number>;
  workflow_execution: Optional<number>;
  task_name: Optional<string>;
  task_index: Optional<number>;
  task_retries: Optional<number>;
  triggered_by: Optional<string>;
  timeout_seconds: Optional<number>;
  timeout_level: Optional<string>;
  timed_out: Flag;
  released: Flag;
  due_at: NullableInstant;
  stopped_after: Optional<number>;
  settled: Flag;
  attempt: ColumnType<number, number | undefined, number>;
  stdout_tail: ColumnType<string, string | undefined, string>;
  stderr_tail: ColumnType<string, string | undefined, string>;
  started_at: NullableInstant;
  finished_at: NullableInstant;
  correlation_id: ColumnType<string, string | undefined, never>;
  awaits: Optional<number>;
  secret_values: Optional<string>;
  result_secrets: Optional<string>;
}

export interface InquiryTable extends Edited {
  execution: number;
  prompt: string;
  response_schema: NullableDocument<JsonObject>;
  strict: Flag;
  assigned_to: Optional<number>;
  status: ColumnType<InquiryStatus, InquiryStatus | undefined, InquiryStatus>;
  response: NullableDocument<Json>;
  default_response: NullableDocument<Json>;
  defaulted: Flag;
  timeout_at: NullableInstant;
  responded_at: NullableInstant;
}

export interface WorkflowExecutionTable extends Edited {
  execution: number;
  workflow_def: Optional<number>;
  task_graph: Document<JsonObject>;
  variables: Defaulted<JsonObject>;
  current_tasks: List;
  completed_tasks: List;
  failed_tasks: List;
  skipped_tasks: List;
  status: ColumnType<string, string | undefined, string>;
  error_message: Optional<string>;
  paused: Flag;
  state: Document<JsonObject>;
  cancel_requested: Flag;
  cancel_policy: Optional<string>;
  due_at: NullableInstant;
  secret_values: Optional<string>;
}

export interface LeaseTable {
  resource: string;
  tenant: number;
  owner: number;
  acquired_at: Made;
  expires_at: Instant;
  fencing_token: number;
}

export interface ExecutionEventTable {
  seq: Generated<number>;
  created_at: Made;
  tenant: Tenant;
  root: number;
  execution: number;
  worker: Optional<number>;
  type: LogType;
  payload: Defaulted<JsonObject>;
  xid: Generated<string>;
}

export interface KeyTable extends Edited {
  ref: string;
  owner_type: OwnerType;
  /** Written by the database. */
  owner: ColumnType<string, never, never>;
  owner_identity: Optional<number>;
  owner_pack: Optional<number>;
  owner_pack_ref: ColumnType<string | null, never, never>;
  owner_action: Optional<number>;
  owner_action_ref: ColumnType<string | null, never, never>;
  owner_sensor: Optional<number>;
  owner_sensor_ref: ColumnType<string | null, never, never>;
  name: string;
  encrypted: Flag;
  value: Document<Json>;
  version: ColumnType<number, number | undefined, number>;
  expires_at: ColumnType<string | null, string | null | undefined, string | null>;
}

export interface IdentityRoleTable extends Edited {
  identity: number;
  role: string;
  source: Made;
  managed: Flag;
}

export interface PermissionSetRoleTable extends Row {
  permset: number;
  role: string;
}

export interface TriggerTable extends Edited {
  ref: string;
  pack: Optional<number>;
  pack_ref: Optional<string>;
  label: string;
  description: Optional<string>;
  enabled: Flag;
  param_schema: NullableDocument<JsonObject>;
  out_schema: NullableDocument<JsonObject>;
  webhook_enabled: Flag;
  webhook_key: Optional<string>;
  webhook_config: NullableDocument<Json>;
  is_adhoc: Flag;
  sensor: Optional<number>;
  sensor_ref: Optional<string>;
}

export interface RuleTable extends Edited {
  ref: string;
  pack: number;
  pack_ref: string;
  label: string;
  description: Optional<string>;
  trigger: Optional<number>;
  trigger_ref: string;
  action: Optional<number>;
  action_ref: string;
  conditions: Defaulted<Json>;
  action_params: Defaulted<JsonObject>;
  trigger_params: Defaulted<JsonObject>;
  permission_set_refs: Optional<string[]>;
  owner_identity: Optional<number>;
  owner_gone: Flag;
  enabled: Flag;
  is_adhoc: Flag;
}

export interface EventTable extends Row {
  trigger: Optional<number>;
  trigger_ref: string;
  config: NullableDocument<JsonObject>;
  payload: NullableDocument<Json>;
  source: Optional<number>;
  source_ref: Optional<string>;
  rule: Optional<number>;
  rule_ref: Optional<string>;
  correlation_id: ColumnType<string, string | undefined, never>;
}

export interface EnforcementTable extends Row {
  rule: Optional<number>;
  rule_ref: ColumnType<string, string | undefined, string>;
  trigger_ref: string;
  config: NullableDocument<JsonObject>;
  event: Optional<number>;
  status: ColumnType<EnforcementStatus, EnforcementStatus | undefined, EnforcementStatus>;
  payload: Defaulted<JsonObject>;
  condition: ColumnType<'any' | 'all', 'any' | 'all' | undefined, 'any' | 'all'>;
  conditions: Defaulted<Json>;
  correlation_id: ColumnType<string, string | undefined, never>;
  resolved_at: NullableInstant;
}

export interface EventDecisionTable extends Row {
  event: number;
  rule: Optional<number>;
  rule_ref: string;
  matched: boolean;
  decided_by: Optional<string>;
  code: Optional<DecisionCode>;
  message: Optional<string>;
  enforcement: Optional<number>;
}

export interface WebhookEventLogTable extends Row {
  trigger: Optional<number>;
  trigger_ref: string;
  event: Optional<number>;
  key_hash: string;
  source_ip: Optional<string>;
  user_agent: Optional<string>;
  payload_bytes: number;
  status_code: number;
  reason: Optional<string>;
  delivery_hash: Optional<string>;
  body_hash: Optional<string>;
}

export interface EnvironmentTable extends Edited {
  pack: number;
  runtime: EnvironmentRuntime;
  status: EnvironmentStatus;
  content_hash: string;
  built_at: NullableInstant;
  size_bytes: Optional<number>;
  log: ColumnType<string, string | undefined, string>;
  failing_requirement: Optional<string>;
  anew: Flag;
  attempts: ColumnType<number, number | undefined, number>;
  claimed_at: NullableInstant;
}

/** The schema as `migrations/` makes it; the migrations are the truth. */
export interface Tables {
  tenant: TenantTable;
  setting: SettingTable;
  identity: IdentityTable;
  pack: PackTable;
  permission_set: PermissionSetTable;
  permission_assignment: PermissionAssignmentTable;
  runtime: RuntimeTable;
  workflow_definition: WorkflowDefinitionTable;
  action: ActionTable;
  worker: WorkerTable;
  execution: ExecutionTable;
  inquiry: InquiryTable;
  workflow_execution: WorkflowExecutionTable;
  lease: LeaseTable;
  execution_event: ExecutionEventTable;
  environment: EnvironmentTable;
  artifact: ArtifactTable;
  artifact_version: ArtifactVersionTable;
  retired_files: RetiredFilesTable;
  trigger: TriggerTable;
  sensor: SensorTable;
  sensor_process: SensorProcessTable;
  idempotent_request: IdempotentRequestTable;
  rule: RuleTable;
  event: EventTable;
  enforcement: EnforcementTable;
  event_decision: EventDecisionTable;
  webhook_event_log: WebhookEventLogTable;
  timer: TimerTable;
  timer_event: TimerEventTable;
  key: KeyTable;
  identity_role: IdentityRoleTable;
  permission_set_role: PermissionSetRoleTable;
  integration_token: IntegrationTokenTable;
  refresh_family: RefreshFamilyTable;
}
