-- A task of a workflow runs once for each round of a loop: `task_round` is how often it had started, 1 the first.
alter table execution add column task_round int not null default 1;
drop index execution_of_task;
create unique index execution_of_task
  on execution (workflow_execution, task_name, task_round, coalesce(task_index, -1), retry_count)
  where workflow_execution is not null;

-- The last attempt of each round of a task, and of each of its items, in order of their first attempts.
create or replace view durable.execution_steps as
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
