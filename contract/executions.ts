import { CloneType, Type, type Static, type TSchema } from '@sinclair/typebox';
import { extension } from './extension';
import { RETENTION_POLICIES, type RetentionPolicy } from './artifacts';
import {
  MAX_RUN_SECONDS,
  Id,
  JsonMap,
  JsonValue,
  NullableId,
  NullableInteger,
  NullableJsonMap,
  NullableNumber,
  NullableText,
  NullableTextList,
  NullableTimestamp,
  TextList,
  Timestamp,
  stringEnum,
} from './json';
import { Toleration, placement } from './placement';
import { STATUSES } from './status';

const StatusSchema = stringEnum(STATUSES);

/** Why a run stopped without an end of its own. */
const TERMINATION_REASONS = ['crashed', 'heartbeat_timeout', 'shutdown_requested', 'stop_requested'] as const;
export type TerminationReason = (typeof TERMINATION_REASONS)[number];

/** Only children of a workflow have it. `retry_count` 0 is the first attempt. */
export const WorkflowTask = Type.Object({
  workflow_execution: Id,
  task_name: Type.String(),
  triggered_by: Type.Optional(Type.String({ description: 'the task whose transition started this one' })),
  task_index: CloneType(NullableInteger, { description: 'position in with_items' }),
  task_batch: NullableInteger,
  round: extension(
    'workflows.loops',
    Type.Optional(Type.Integer({ description: 'how often the task had started, 1 the first' })),
  ),
  retry_count: Type.Integer(),
  max_retries: Type.Integer(),
  next_retry_at: NullableTimestamp,
  timeout_seconds: NullableNumber,
  timed_out: Type.Boolean(),
  duration_ms: NullableNumber,
  started_at: NullableTimestamp,
  completed_at: NullableTimestamp,
});
export type WorkflowTask = Static<typeof WorkflowTask>;

/** From where an execution runs its workflow again. */
export const RerunOf = Type.Object({
  execution: CloneType(Id, { description: 'whose finished tasks it took over; it may have been removed since' }),
  task: Type.String({ description: 'the task from which it runs' }),
});
export type RerunOf = Static<typeof RerunOf>;

const rerunOf = extension('executions.rerun', Type.Optional(RerunOf));

/** A list item: neither `config` nor `result`. */
export const ExecutionSummary = Type.Object({
  id: Id,
  action_ref: Type.String(),
  status: StatusSchema,
  parent: NullableId,
  enforcement: NullableId,
  rule_ref: NullableText,
  trigger_ref: NullableText,
  correlation_id: extension(
    'events.causation',
    Type.Optional(Type.String({ description: 'the first event or request of the chain' })),
  ),
  started_at: Type.Optional(Timestamp),
  finished_at: extension('executions.finished_at', NullableTimestamp),
  workflow_task: Type.Optional(WorkflowTask),
  original_execution: Type.Optional(Id),
  rerun_of: rerunOf,
  created: Timestamp,
  updated: Timestamp,
});
export type ExecutionSummary = Static<typeof ExecutionSummary>;

const ofRevisions = <T extends TSchema>(schema: T) => extension('workflows.revisions', Type.Optional(schema));

const strictRun = {
  revision: ofRevisions(Type.Integer({ description: 'the compiled revision that it was requested to run' })),
  plan_digest: ofRevisions(Type.String()),
  stale: ofRevisions(Type.Boolean({ description: 'a compile at the request would have given another plan' })),
  current_plan_digest: ofRevisions(Type.String({ description: 'of a stale run: that plan, unless it had failed' })),
};

export const Execution = Type.Object({
  id: Id,
  action: NullableId,
  action_ref: Type.String(),
  config: NullableJsonMap,
  parent: NullableId,
  enforcement: NullableId,
  correlation_id: extension(
    'events.causation',
    Type.Optional(Type.String({ description: 'the first event or request of the chain' })),
  ),
  executor: NullableId,
  permission_set_refs: Type.Optional(TextList),
  artifact_retention_policy: Type.Optional(stringEnum(RETENTION_POLICIES)),
  artifact_retention_limit: Type.Optional(Type.Integer()),
  ...placement,
  worker: NullableId,
  status: StatusSchema,
  result: JsonValue,
  original_execution: Type.Optional(Id),
  rerun_of: rerunOf,
  started_at: Type.Optional(Timestamp),
  finished_at: extension('executions.finished_at', NullableTimestamp),
  workflow_task: Type.Optional(WorkflowTask),
  termination_reason: extension(
    'executions.suspended',
    Type.Optional(
      CloneType(stringEnum(TERMINATION_REASONS), {
        description: 'of a suspended or an abandoned execution, and of one that a user cancelled',
      }),
    ),
  ),
  ...strictRun,
  created: Timestamp,
  updated: Timestamp,
});
export type Execution = Static<typeof Execution>;

/** The response to a pause or a resume. `changed` is false where it had been requested already. */
export const ExecutionChange = Type.Object({ ...Execution.properties, changed: Type.Boolean() });
export type ExecutionChange = Static<typeof ExecutionChange>;

export const Execute = Type.Object({
  action_ref: Type.String({ minLength: 1 }),
  parameters: Type.Optional(NullableJsonMap),
  validate: extension(
    'executions.parameters_validated',
    Type.Optional(Type.Boolean({ description: "reject parameters that the action's schema does not accept" })),
  ),
  env_vars: Type.Optional(
    Type.Unsafe<Record<string, string> | null>({
      type: ['object', 'null'],
      additionalProperties: { type: 'string' },
    }),
  ),
  permission_set_refs: Type.Optional(NullableTextList),
  timeout_seconds: extension(
    'executions.timeout',
    Type.Optional(Type.Unsafe<number | null>({ type: ['number', 'null'], minimum: 0.05, maximum: MAX_RUN_SECONDS })),
  ),
  artifact_retention_policy: Type.Optional(
    Type.Unsafe<RetentionPolicy | null>({ type: ['string', 'null'], enum: [...RETENTION_POLICIES, null] }),
  ),
  artifact_retention_limit: Type.Optional(NullableInteger),
  worker_selector: Type.Optional(NullableJsonMap),
  worker_tolerations: Type.Optional(Type.Unsafe<Toleration[] | null>({ type: ['array', 'null'], items: Toleration })),
  worker_affinity: Type.Optional(NullableJsonMap),
});
export type Execute = Static<typeof Execute>;

/**
 * `POST /executions/{id}/rerun`: runs the workflow of an ended execution again from a task.
 * Parameters replace those of that execution as a whole, and are validated.
 */
export const Rerun = Type.Object(
  {
    from: Type.String({ minLength: 1, description: 'the task to start at' }),
    parameters: Type.Optional(NullableJsonMap),
  },
  { additionalProperties: false },
);
export type Rerun = Static<typeof Rerun>;

/** `GET /executions/durations`: how long one top-level execution took. */
export const ExecutionDuration = Type.Object({
  id: Id,
  action_ref: Type.String(),
  status: StatusSchema,
  started_at: NullableTimestamp,
  finished_at: NullableTimestamp,
  duration_ms: Type.Unsafe<number | null>({
    type: ['number', 'null'],
    description: 'from its start to its end; null: it has not ended, or never started',
  }),
});
export type ExecutionDuration = Static<typeof ExecutionDuration>;

/** All conditions must match. `*` is a wildcard in the three ref filters. */
export const ExecutionFilter = Type.Partial(
  Type.Object({
    status: Type.String(),
    action_ref: Type.String(),
    pack_name: Type.String(),
    rule_ref: Type.String(),
    trigger_ref: Type.String(),
    executor: Id,
    enforcement: Id,
    parent: Id,
    correlation_id: extension('events.causation', Type.String()),
    top_level_only: Type.Boolean(),
    result_contains: Type.String(),
    include_total: Type.Boolean(),
  }),
);
export type ExecutionFilter = Static<typeof ExecutionFilter>;

export const ExecutionStats = Type.Object({
  total: Type.Integer(),
  completed: Type.Integer(),
  failed: Type.Integer(),
  running: Type.Integer(),
  pending: Type.Integer(),
  cancelled: Type.Integer(),
  timeout: Type.Integer(),
  abandoned: Type.Integer(),
});
export type ExecutionStats = Static<typeof ExecutionStats>;

/**
 * Types of the entries about an execution. The log of a root has its whole tree, that of a child
 * only its own entries.
 */
const LOG_TYPES = [
  'EXECUTION_STARTED',
  'STEP_STARTED',
  'STEP_RETRIED',
  'STEP_SKIPPED',
  'AGENT_INVOKED',
  'AGENT_RESPONSE',
  'STEP_COMPLETED',
  'STEP_FAILED',
  'STEP_CANCELLED',
  'STEP_TAKEN_OVER',
  'ENVIRONMENT_BUILD',
  'EXECUTION_SUSPENDED',
  'EXECUTION_PAUSED',
  'EXECUTION_RESUMED',
  'EXECUTION_RECOVERED',
  'CANCEL_REQUESTED',
  'WARNING',
  'EXECUTION_COMPLETED',
  'EXECUTION_FAILED',
  'EXECUTION_CANCELLED',
  'EXECUTION_TIMED_OUT',
  'EXECUTION_ABANDONED',
] as const;
/** An entry about a worker, in the log of no execution. */
export type LogType = (typeof LOG_TYPES)[number] | 'WORKER_STATE_CHANGED';

export const LogEntry = Type.Object({
  seq: Type.Integer(),
  created_at: Timestamp,
  root: Id,
  execution: Id,
  worker: NullableId,
  type: stringEnum(LOG_TYPES),
  payload: JsonMap,
});
export type LogEntry = Static<typeof LogEntry>;

export const LogPage = Type.Object({
  entries: Type.Array(LogEntry),
  next: Type.String({ description: 'the cursor to continue from; unchanged at the end' }),
  ended: Type.Boolean({ description: 'the execution has ended, and no entry follows these' }),
});
export type LogPage = Static<typeof LogPage>;

/**
 * The output streams of a process. Each can be followed while it runs:
 * `/executions/{id}/logs/{stream}/stream`.
 */
export const STREAM_NAMES = ['stdout', 'stderr'] as const;
export type StreamName = (typeof STREAM_NAMES)[number];

/**
 * The server-sent events of a log: `waiting` (no output yet), `content` (the first bytes),
 * `append` (more), `done` (the process has ended and all output was sent) and `error`. The id of
 * `content` and `append` is the byte offset to resume from.
 */
export type StreamEvent = 'waiting' | 'content' | 'append' | 'done' | 'error';

const TAKEN_OVER_STATUSES = ['completed', 'failed', 'timeout', 'over_limit', 'skipped'] as const;

/** The end of a task, or of a round of it, that a rerun took over. */
export const TakenOver = Type.Object({
  task_name: Type.String(),
  round: Type.Integer({ description: 'how often the task had started, 1 the first' }),
  status: stringEnum(TAKEN_OVER_STATUSES),
  triggered_by: NullableText,
  executions: Type.Array(Id, { description: 'that ran it: of each item the last attempt, in order of index' }),
});
export type TakenOver = Static<typeof TakenOver>;

/**
 * An execution for diagnosis: summary, outcome, last 50 lines of each stream, and children in
 * order of id.
 */
export type ExecutionNode = ExecutionSummary & {
  attempt: number;
  exit_code: number | null;
  error: string | null;
  timeout_level: string | null;
  stdout_tail: string;
  stderr_tail: string;
  waiting_for: string | null;
  taken_over?: TakenOver[];
  children: ExecutionNode[];
};

export const ExecutionNode = Type.Recursive(
  (Self) =>
    Type.Object({
      ...ExecutionSummary.properties,
      attempt: Type.Integer(),
      exit_code: NullableId,
      error: NullableText,
      timeout_level: NullableText,
      stdout_tail: Type.String(),
      stderr_tail: Type.String(),
      waiting_for: NullableText,
      taken_over: extension(
        'executions.rerun',
        Type.Optional(Type.Array(TakenOver, { description: 'of a rerun, in order of their ends' })),
      ),
      children: Type.Array(Self),
    }),
  { $id: 'ExecutionNode' },
);

/** Tasks of a workflow that wait before they have an execution: none. */
export const TaskWaits = Type.Array(Type.Object({}), {
  maxItems: 0,
  description: 'empty: a task that waits has an execution, see GET /executions/{id}/waiting',
});
export type TaskWaits = Static<typeof TaskWaits>;
