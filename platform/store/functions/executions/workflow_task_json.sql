-- The `workflow_task` object of an execution; null when it is not a task. Without a predecessor,
-- `triggered_by` is absent, and in the first round `round`; every other key is always present.
create or replace function workflow_task_json(e execution) returns json language sql stable as $$
  select case when e.workflow_execution is null or e.task_name is null then null else (jsonb_build_object(
    'workflow_execution', e.workflow_execution, 'task_name', e.task_name, 'task_index', e.task_index, 'task_batch', null,
    'retry_count', e.retry_count, 'max_retries', coalesce(e.task_retries, 0), 'next_retry_at', e.due_at,
    'timeout_seconds', e.timeout_seconds, 'timed_out', e.timed_out,
    'duration_ms', (extract(epoch from date_trunc('milliseconds', e.finished_at)
      - date_trunc('milliseconds', e.started_at)) * 1000)::bigint,
    'started_at', e.started_at, 'completed_at', e.finished_at)
    || jsonb_strip_nulls(jsonb_build_object('triggered_by', e.triggered_by,
      'round', nullif(e.task_round, 1))))::json end
$$;
revoke all on function workflow_task_json(execution) from public;
