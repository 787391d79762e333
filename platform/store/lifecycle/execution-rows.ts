import type { Selectable } from 'kysely';
import type { Execution, ExecutionSummary, RerunOf, WorkflowTask } from '../../../contract/executions';
import { SHOWN_AS_RUNNING, type Status } from '../../../contract/status';
import { showsStrictStatuses, type Transaction } from '../database/connection';
import type { Tables } from '../database/tables';
import { withoutNulls } from '../database/without-nulls';

export type ExecutionRow = Selectable<Tables['execution']>;

/** Columns of a summary: not `config` or `result`, which may be large. */
export const EXECUTION_SUMMARY_COLUMNS = [
  'id',
  'action_ref',
  'status',
  'parent',
  'enforcement',
  'rule_ref',
  'trigger_ref',
  'started_at',
  'finished_at',
  'original_execution',
  'rerun_of',
  'rerun_task',
  'workflow_execution',
  'task_name',
  'task_index',
  'task_round',
  'triggered_by',
  'retry_count',
  'task_retries',
  'retry_reason',
  'due_at',
  'timeout_seconds',
  'timed_out',
  'correlation_id',
  'created',
  'updated',
] as const satisfies readonly (keyof ExecutionRow)[];

export type ExecutionSummaryRow = Pick<ExecutionRow, (typeof EXECUTION_SUMMARY_COLUMNS)[number]>;

const toDurationMs = (row: ExecutionSummaryRow): number | null =>
  row.started_at === null || row.finished_at === null ? null : Date.parse(row.finished_at) - Date.parse(row.started_at);

function toWorkflowTask(row: ExecutionSummaryRow): WorkflowTask | null {
  if (row.workflow_execution === null || row.task_name === null) return null;
  return {
    workflow_execution: row.workflow_execution,
    task_name: row.task_name,
    ...withoutNulls({ triggered_by: row.triggered_by }),
    task_index: row.task_index,
    task_batch: null,
    round: row.task_round,
    retry_count: row.retry_count,
    max_retries: row.task_retries ?? 0,
    next_retry_at: row.due_at,
    timeout_seconds: row.timeout_seconds,
    timed_out: row.timed_out,
    duration_ms: toDurationMs(row),
    started_at: row.started_at,
    completed_at: row.finished_at,
  };
}

const toRerunOf = ({ rerun_of: execution, rerun_task: task }: ExecutionSummaryRow): RerunOf | null =>
  execution === null || task === null ? null : { execution, task };

/** The status in responses. */
export const shownStatus = (transaction: Transaction, { status }: Pick<ExecutionRow, 'status'>): Status =>
  showsStrictStatuses(transaction) && SHOWN_AS_RUNNING.includes(status) ? 'running' : status;

export function toExecutionSummary(transaction: Transaction, row: ExecutionSummaryRow): ExecutionSummary {
  const optional = {
    started_at: row.started_at,
    workflow_task: toWorkflowTask(row),
    original_execution: row.original_execution,
    rerun_of: toRerunOf(row),
  };
  return {
    id: row.id,
    action_ref: row.action_ref,
    status: shownStatus(transaction, row),
    parent: row.parent,
    enforcement: row.enforcement,
    rule_ref: row.rule_ref,
    trigger_ref: row.trigger_ref,
    correlation_id: row.correlation_id,
    finished_at: row.finished_at,
    ...withoutNulls(optional),
    created: row.created,
    updated: row.updated,
  };
}

/** Of a strict run: what it runs, and whether a compile would have changed that. */
function planOf({ revision, plan_digest, current_plan_digest }: ExecutionRow) {
  const stale = plan_digest === null ? null : plan_digest !== current_plan_digest;
  return { revision, plan_digest, stale, current_plan_digest: stale ? current_plan_digest : null };
}

export function toExecution(transaction: Transaction, row: ExecutionRow): Execution {
  const optional = {
    permission_set_refs: row.permission_set_refs.length > 0 ? row.permission_set_refs : null,
    artifact_retention_policy: row.artifact_retention_policy,
    artifact_retention_limit: row.artifact_retention_limit,
    worker_selector: row.worker_selector,
    worker_tolerations: row.worker_tolerations,
    worker_affinity: row.worker_affinity,
    original_execution: row.original_execution,
    rerun_of: toRerunOf(row),
    started_at: row.started_at,
    workflow_task: toWorkflowTask(row),
    termination_reason: row.termination_reason,
    ...planOf(row),
  };
  return {
    id: row.id,
    action: row.action,
    action_ref: row.action_ref,
    config: row.config,
    parent: row.parent,
    enforcement: row.enforcement,
    correlation_id: row.correlation_id,
    executor: row.executor,
    worker: row.worker,
    status: shownStatus(transaction, row),
    result: row.result,
    finished_at: row.finished_at,
    ...withoutNulls(optional),
    created: row.created,
    updated: row.updated,
  };
}
