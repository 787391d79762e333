import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonMap, NullableId, NullableJsonMap, NullableText, TextList, Timestamp, oneOf } from './json';

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
  description: Type.Optional(NullableText),
  runtime: Type.Optional(NullableId),
  runtime_ref: Type.Optional(NullableText),
  required_worker_runtimes: Type.Optional(JsonMap),
  ...placement,
  ...retention,
  param_schema: Type.Optional(NullableJsonMap),
  out_schema: Type.Optional(NullableJsonMap),
  accesses_mcp: Type.Optional(Type.Boolean()),
  default_execution_permission_set_refs: Type.Optional(TextList),
  timeout_seconds: Type.Optional(
    Type.Unsafe<number | null>({ type: ['number', 'null'], minimum: 0.05, description: 'limit of one run, seconds' }),
  ),
};

export const CreateAction = Type.Object({
  ref: Type.String({ minLength: 1, maxLength: 255 }),
  pack_ref: Type.String({ minLength: 1, maxLength: 255 }),
  ...writable,
  ...optional,
  runtime_version_constraint: Type.Optional(NullableText),
});
export type CreateAction = Static<typeof CreateAction>;

const clearable = <T>(schema: Record<string, unknown>) =>
  Type.Optional(
    Type.Union([
      Type.Object({ op: Type.Literal('set'), value: Type.Unsafe<T>(schema) }),
      Type.Object({ op: Type.Literal('clear') }),
    ]),
  );

export const UpdateAction = Type.Object({
  label: Type.Optional(writable.label),
  entrypoint: Type.Optional(writable.entrypoint),
  ...optional,
  runtime_version_constraint: clearable<string>({ type: 'string' }),
  artifact_retention_policy: clearable<(typeof RETENTION_POLICIES)[number]>({
    type: 'string',
    enum: RETENTION_POLICIES,
  }),
  artifact_retention_limit: clearable<number>({ type: 'integer', minimum: 1 }),
  log_retention_policy: clearable<(typeof RETENTION_POLICIES)[number]>({ type: 'string', enum: RETENTION_POLICIES }),
  log_retention_limit: clearable<number>({ type: 'integer', minimum: 1 }),
});
export type UpdateAction = Static<typeof UpdateAction>;
