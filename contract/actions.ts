import { CloneType, Type, type Static } from '@sinclair/typebox';
import { extension } from './extension';
import {
  MAX_RUN_SECONDS,
  Id,
  JsonMap,
  Name,
  NullableId,
  NullableJsonMap,
  NullableText,
  NullableTimestamp,
  TextList,
  Timestamp,
  optionalOrNull,
} from './json';
import { createRetention, retention, updateRetention } from './artifacts';
import { patchOf } from './packs';
import { placement, updatePlacement } from './placement';

export const PARAMETER_DELIVERIES = ['stdin', 'file'] as const;
export const PARAMETER_FORMATS = ['json', 'dotenv', 'yaml'] as const;
export const OUTPUT_FORMATS = ['text', 'json', 'yaml', 'jsonl'] as const;
export const WORKER_LOSS_POLICIES = ['recover', 'abandon'] as const;

export type ParameterDelivery = (typeof PARAMETER_DELIVERIES)[number];
export type ParameterFormat = (typeof PARAMETER_FORMATS)[number];
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
/** `abandon`: a program that has started is never started again. */
export type WorkerLossPolicy = (typeof WORKER_LOSS_POLICIES)[number];

const WorkerLoss = Type.Unsafe<WorkerLossPolicy>({
  type: 'string',
  enum: [...WORKER_LOSS_POLICIES],
  description: 'what becomes of a program whose worker is lost: abandon, it is never started again',
});

/** Why a workflow has no such policy. */
export const POLICY_OF_WORKFLOW = 'on_worker_loss: a workflow runs on no worker; the actions of its tasks may have it';

/** Present where an execution of it fails that is no task of a workflow. */
const onlyAsTask = extension('inquiries.ask', Type.Optional(Type.Literal(true)));

export const ActionSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: Type.String(),
  label: Type.String(),
  description: NullableText,
  entrypoint: Type.String(),
  runtime: NullableId,
  runtime_ref: Type.Optional(Type.String()),
  runtime_version_constraint: Type.Optional(Type.String()),
  required_worker_runtimes: Type.Optional(JsonMap),
  ...placement,
  ...retention,
  workflow_def: Type.Optional(Id),
  accesses_mcp: Type.Boolean(),
  default_execution_permission_set_refs: Type.Optional(TextList),
  timeout_seconds: extension('executions.timeout', Type.Optional(Type.Number())),
  on_worker_loss: extension('executions.recovery', Type.Optional(WorkerLoss)),
  only_as_task: onlyAsTask,
  enabled: extension('actions.enabled', Type.Literal(true, { description: 'no action can be disabled' })),
  created: Timestamp,
  updated: Timestamp,
});
export type ActionSummary = Static<typeof ActionSummary>;

export const Action = Type.Object({
  ...ActionSummary.properties,
  pack: Id,
  param_schema: NullableJsonMap,
  out_schema: NullableJsonMap,
  env_schema: extension('rbac', Type.Optional(JsonMap)),
  is_adhoc: Type.Boolean(),
});
export type Action = Static<typeof Action>;

export const ActionSearchResult = Type.Object({
  ref: Type.String(),
  pack_ref: Type.String(),
  label: Type.String(),
  description: Type.Optional(Type.String()),
  runtime_ref: Type.Optional(Type.String()),
  is_workflow: Type.Boolean(),
  only_as_task: onlyAsTask,
  accesses_mcp: Type.Boolean(),
});
export type ActionSearchResult = Static<typeof ActionSearchResult>;

/** The executions that a concurrency policy of an action lets wait and run. */
export const ActionQueueStats = Type.Object({
  action_id: Id,
  action_ref: Type.String(),
  queue_length: Type.Integer(),
  active_count: Type.Integer(),
  max_concurrent: Type.Integer(),
  oldest_enqueued_at: NullableTimestamp,
  total_enqueued: Type.Integer(),
  total_completed: Type.Integer(),
  last_updated: Timestamp,
});
export type ActionQueueStats = Static<typeof ActionQueueStats>;

/** Names of variables that the platform does not set itself. */
const VARIABLE_NAME = '^(?!ATTUNE_|PLATFORM_)[A-Za-z_][A-Za-z0-9_]*$';

/**
 * By name, the variables that a caller may set who may not change the action: those that its
 * program reads as input.
 */
export const EnvSchema = Type.Record(
  Type.String({ pattern: VARIABLE_NAME }),
  Type.Object({ description: Type.Optional(Type.String()) }, { additionalProperties: false }),
  { additionalProperties: false },
);
export type EnvSchema = Static<typeof EnvSchema>;

const RUN_LIMIT = { minimum: 0.05, maximum: MAX_RUN_SECONDS };
const RunLimit = Type.Unsafe<number | null>({ type: ['number', 'null'], ...RUN_LIMIT });

const writable = {
  label: Name,
  entrypoint: Type.String({ minLength: 1, maxLength: 1024 }),
};

const optional = {
  description: optionalOrNull(Type.String()),
  runtime: optionalOrNull(Id),
  runtime_ref: optionalOrNull(Type.String()),
  param_schema: optionalOrNull(JsonMap),
  out_schema: optionalOrNull(JsonMap),
  accesses_mcp: optionalOrNull(Type.Boolean()),
  env_schema: extension('rbac', Type.Optional(EnvSchema)),
  timeout_seconds: extension(
    'executions.timeout',
    Type.Optional(CloneType(RunLimit, { description: 'limit of one run, seconds' })),
  ),
  on_worker_loss: extension('executions.recovery', Type.Optional(WorkerLoss)),
};

export const CreateAction = Type.Object({
  ref: Name,
  pack_ref: Name,
  ...writable,
  ...optional,
  required_worker_runtimes: Type.Optional(JsonMap),
  ...placement,
  ...createRetention,
  default_execution_permission_set_refs: Type.Optional(TextList),
  runtime_version_constraint: optionalOrNull(Type.String()),
});
export type CreateAction = Static<typeof CreateAction>;

export const UpdateAction = Type.Object({
  label: optionalOrNull(writable.label),
  entrypoint: optionalOrNull(writable.entrypoint),
  ...optional,
  required_worker_runtimes: optionalOrNull(JsonMap),
  ...updatePlacement,
  ...updateRetention,
  default_execution_permission_set_refs: optionalOrNull(TextList),
  runtime_version_constraint: optionalOrNull(patchOf(Type.String())),
  timeout_seconds: extension(
    'executions.timeout',
    Type.Optional(Type.Union([RunLimit, patchOf(Type.Number(RUN_LIMIT))])),
  ),
});
export type UpdateAction = Static<typeof UpdateAction>;
