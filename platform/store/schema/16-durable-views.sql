-- Five views of what every run left in the database, for the SQL of operators: docs/monitoring.md.
-- Only the owner of the schema can read them: they show every tenant.
create schema durable;
revoke all on schema durable from public;

-- The word of a status in these views: completed is SUCCESS, every other status is in upper case.
create function durable.status_word(status text) returns text language sql immutable as
$$ select case status when 'completed' then 'SUCCESS' else upper(status) end $$;

-- A result without `succeeded`, which the status states.
create function durable.output_of(result json) returns json language sql immutable as
$$ select case json_typeof(result) when 'object'
  then coalesce((select json_object_agg(key, value) from json_each(result) where key <> 'succeeded'), '{}'::json)
  else result end $$;

-- Executions that nothing but a request, a rule or a schedule started.
create view durable.executions as
select id, tenant, action_ref as workflow, durable.status_word(status) as status, config as input,
  durable.output_of(result) as output,
  created as created_at, started_at, finished_at as completed_at
from execution where parent is null;

-- The last attempt of each round of a task, and of each of its items, in order of their first
-- attempts.
-- execution_id is the top-level execution, workflow_id the workflow that the task belongs to.
create view durable.execution_steps as
select root as execution_id, parent as workflow_id,
  (dense_rank() over (partition by root, parent order by first_id))::int as step_order,
  task_name as step_name, task_index as item, durable.status_word(status) as status, retry_count,
  started_at, finished_at as completed_at
from (
  select distinct on (root, parent, task_name, task_round, task_index)
    root, parent, task_name, task_round, task_index, status, retry_count, started_at, finished_at,
    min(id) over (partition by root, parent, task_name, task_round) as first_id
  from execution where task_name is not null and parent is not null
  order by root, parent, task_name, task_round, task_index, id desc
) last_attempt;

-- What a workflow goes on from: how many tasks have ended, its variables, and the results of
-- those.
create view durable.execution_state as
select execution as execution_id,
  cardinality(completed_tasks) + cardinality(failed_tasks) + cardinality(skipped_tasks) as current_step,
  json_build_object('variables', variables, 'steps', coalesce(
    (select json_object_agg(task.key, task.value -> 'result') from json_each(state -> 'tasks') task
      where task.value ->> 'status' in ('completed', 'failed', 'timeout')), '{}'::json)) as snapshot,
  updated as updated_at
from workflow_execution;

-- The append-only log. Equal timestamps are in order of seq.
create view durable.execution_events as
select root as execution_id, seq, created_at as "timestamp", execution as subject_id, worker, type, payload
from execution_event where root is not null;

-- The leases of the workflows that have started and not ended.
create view durable.execution_locks as
select 'workflow:' || r.execution as resource, r.execution as execution_id, x.instance as owner, r.fencing_token,
  r.coordinated_since as acquired_at, x.expires_at, x.renewals
from workflow_execution r join executor x on x.id = r.coordinator
where r.status in ('requested', 'running', 'canceling');
