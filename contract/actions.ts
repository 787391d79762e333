import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonMap, NullableId, NullableJsonMap, NullableText, TextList, Timestamp, oneOf, orAbsent } from './json';
import { patchOf } from './packs';

export const DELIVERIES = ['stdin', 'file'] as const;
export const PARAMETER_FORMATS = ['json', 'dotenv', 'yaml'] as const;
export const OUTPUT_FORMATS = ['text', 'json', 'yaml', 'jsonl'] as const;
export const RETENTION_POLICIES = ['versions', 'days', 'hours', 'minutes'] as const;

export type Delivery = (typeof DELIVERIES)[number];
export type ParameterFormat = (typeof PARAMETER_FORMATS)[number];
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
export type RetentionPolicy = (typeof RETENTION_POLICIES)[number];

export const Toleration = Type.Object({
  key: Type.String(),
  operator: Type.Optional(oneOf(['equal', 'exists'])),
  value: Type.Optional(Type.String()),
  effect: Type.Optional(oneOf(['no_schedule', 'prefer_no_schedule'])),
});
export type Toleration = Static<typeof Toleration>;

const placement = {
  worker_selector: Type.Optional(JsonMap),
  worker_tolerations: Type.Optional(Type.Array(Toleration)),
  worker_affinity: Type.Optional(JsonMap),
};

const retention = {
  artifact_retention_policy: Type.Optional(oneOf(RETENTION_POLICIES)),
  artifact_retention_limit: Type.Optional(Type.Integer({ minimum: 1 })),
  log_retention_policy: Type.Optional(oneOf(RETENTION_POLICIES)),
  log_retention_limit: Type.Optional(Type.Integer({ minimum: 1 })),
};

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
  timeout_seconds: Type.Optional(Type.Number()),
  created: Timestamp,
  updated: Timestamp,
});
export type ActionSummary = Static<typeof ActionSummary>;

export const Action = Type.Object({
  ...ActionSummary.properties,
  pack: Id,
  param_schema: NullableJsonMap,
  out_schema: NullableJsonMap,
  is_adhoc: Type.Boolean(),
});
export type Action = Static<typeof Action>;

export const ActionHit = Type.Object({
  ref: Type.String(),
  pack_ref: Type.String(),
  label: Type.String(),
  description: Type.Optional(Type.String()),
  runtime_ref: Type.Optional(Type.String()),
  is_workflow: Type.Boolean(),
  accesses_mcp: Type.Boolean(),
});
export type ActionHit = Static<typeof ActionHit>;

const writable = {
  label: Type.String({ minLength: 1, maxLength: 255 }),
  entrypoint: Type.String({ minLength: 1, maxLength: 1024 }),
};

const optional = {
  description: orAbsent(Type.String()),
  runtime: orAbsent(Id),
  runtime_ref: orAbsent(Type.String()),
  param_schema: orAbsent(JsonMap),
  out_schema: orAbsent(JsonMap),
  accesses_mcp: orAbsent(Type.Boolean()),
  timeout_seconds: Type.Optional(
    Type.Unsafe<number | null>({ type: ['number', 'null'], minimum: 0.05, description: 'limit of one run, seconds' }),
  ),
};

const policy = oneOf(RETENTION_POLICIES);
const limit = Type.Integer({ minimum: 1 });

/** What the API takes where actions and sensors are made, and changed. */
export const createRetention = {
  artifact_retention_policy: orAbsent(policy),
  artifact_retention_limit: orAbsent(limit),
  log_retention_policy: orAbsent(policy),
  log_retention_limit: orAbsent(limit),
};
export const updateRetention = {
  artifact_retention_policy: orAbsent(patchOf(policy)),
  artifact_retention_limit: orAbsent(patchOf(limit)),
  log_retention_policy: orAbsent(patchOf(policy)),
  log_retention_limit: orAbsent(patchOf(limit)),
};
export const updatePlacement = {
  worker_selector: orAbsent(JsonMap),
  worker_tolerations: orAbsent(Type.Array(Toleration)),
  worker_affinity: orAbsent(JsonMap),
};

export const CreateAction = Type.Object({
  ref: Type.String({ minLength: 1, maxLength: 255 }),
  pack_ref: Type.String({ minLength: 1, maxLength: 255 }),
  ...writable,
  ...optional,
  required_worker_runtimes: Type.Optional(JsonMap),
  ...placement,
  ...createRetention,
  default_execution_permission_set_refs: Type.Optional(TextList),
  runtime_version_constraint: orAbsent(Type.String()),
});
export type CreateAction = Static<typeof CreateAction>;

export const UpdateAction = Type.Object({
  label: orAbsent(writable.label),
  entrypoint: orAbsent(writable.entrypoint),
  ...optional,
  required_worker_runtimes: orAbsent(JsonMap),
  ...updatePlacement,
  ...updateRetention,
  default_execution_permission_set_refs: orAbsent(TextList),
  runtime_version_constraint: orAbsent(patchOf(Type.String())),
});
export type UpdateAction = Static<typeof UpdateAction>;
