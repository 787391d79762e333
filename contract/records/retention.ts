import { Type, type Static } from '@sinclair/typebox';
import { extension } from '../extension';
import { Id, NullableInteger, NullableText, Timestamp, optionalOrNull } from '../json';

/** The kinds of rows that retention removes. */
export const RETENTION_TARGETS = [
  ...(['events', 'enforcements', 'executions', 'execution_history', 'worker_history'] as const),
  ...(['sensor_process_history', 'audit_events', 'continuous_aggregates', 'notifications'] as const),
  ...(['webhook_event_logs', 'inquiries', 'work_queue_items', 'work_queue_dispatches'] as const),
  ...(['pack_test_executions', 'execution_admission', 'workers', 'sensor_processes'] as const),
] as const;
export type RetentionTarget = (typeof RETENTION_TARGETS)[number];

/** Null: kept forever. */
const TargetAge = Type.Object({ max_age_seconds: NullableInteger });
type TargetAge = Static<typeof TargetAge>;

const agesOf = <Target extends string>() =>
  Type.Unsafe<Readonly<Record<Target, TargetAge>>>({ type: 'object', additionalProperties: TargetAge });

/** A pass that removed rows, or of a dry run, counted them. */
const RetentionPass = Type.Object({
  started_at: Timestamp,
  finished_at: Timestamp,
  dry_run: Type.Boolean(),
  removed: Type.Record(Type.String(), Type.Integer(), { description: 'rows by kind, those without any left out' }),
  error: NullableText,
});

export const RetentionConfig = Type.Object({
  enabled: Type.Boolean(),
  check_interval_seconds: Type.Integer(),
  batch_size: Type.Integer(),
  dry_run: Type.Boolean(),
  advisory_lock_key: Id,
  targets: agesOf<RetentionTarget>(),
  last_pass: extension('retention.passes', Type.Union([RetentionPass, Type.Null()])),
});
export type RetentionConfig = Static<typeof RetentionConfig>;

/** What is left out is kept. */
export const UpdateRetentionConfig = Type.Object({
  enabled: optionalOrNull(Type.Boolean()),
  check_interval_seconds: optionalOrNull(Id),
  batch_size: optionalOrNull(Id),
  dry_run: optionalOrNull(Type.Boolean()),
  advisory_lock_key: optionalOrNull(Id),
  targets: optionalOrNull(agesOf<string>()),
});
export type UpdateRetentionConfig = Static<typeof UpdateRetentionConfig>;
