import type { Selectable } from 'kysely';
import type { Execution, ExecutionSummary, WorkflowTask } from '../../contract/executions';
import type { ExecutionTable } from './tables';

export type ExecutionRow = Selectable<ExecutionTable>;

/** Columns of a summary: neither `config` nor `result`, which may be large. */
export const SUMMARY_COLUMNS = [
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
  'workflow_execution',
  'task_name',
  'task_index',
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

export type SummaryRow = Pick<ExecutionRow, (typeof SUMMARY_COLUMNS)[number]>;

type Present<T> = { [K in keyof T]?: Exclude<T[K], null> };

/** The fields without those that have no value: the wire leaves their keys out. */
const present = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Present<T>;

const durationMs = (row: SummaryRow): number | null =>
  row.started_at === null || row.finished_at === null ? null : Date.parse(row.finished_at) - Date.parse(row.started_at);

function workflowTask(row: SummaryRow): WorkflowTask | null {
  if (row.workflow_execution === null || row.task_name === null) return null;
  const optional = {
    triggered_by: row.triggered_by,
    task_index: row.task_index,
    next_retry_at: row.due_at,
    timeout_seconds: row.timeout_seconds,
    duration_ms: durationMs(row),
    started_at: row.started_at,
    completed_at: row.finished_at,
  };
  return {
    workflow_execution: row.workflow_execution,
    task_name: row.task_name,
    retry_count: row.retry_count,
    max_retries: row.task_retries ?? 0,
    timed_out: row.timed_out,
    ...present(optional),
  };
}

export function summaryOf(row: SummaryRow): ExecutionSummary {
  const optional = {
    started_at: row.started_at,
    workflow_task: workflowTask(row),
    original_execution: row.original_execution,
  };
  return {
    id: row.id,
    action_ref: row.action_ref,
    status: row.status,
    parent: row.parent,
    enforcement: row.enforcement,
    rule_ref: row.rule_ref,
    trigger_ref: row.trigger_ref,
    correlation_id: row.correlation_id,
    finished_at: row.finished_at,
    ...present(optional),
    created: row.created,
    updated: row.updated,
  };
}

export function executionOf(row: ExecutionRow): Execution {
  const optional = {
    permission_set_refs: row.permission_set_refs.length > 0 ? row.permission_set_refs : null,
    artifact_retention_policy: row.artifact_retention_policy,
    artifact_retention_limit: row.artifact_retention_limit,
    worker_selector: row.worker_selector,
    worker_tolerations: row.worker_tolerations,
    worker_affinity: row.worker_affinity,
    original_execution: row.original_execution,
    started_at: row.started_at,
    workflow_task: workflowTask(row),
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
    status: row.status,
    result: row.result,
    finished_at: row.finished_at,
    ...present(optional),
    created: row.created,
    updated: row.updated,
  };
}
