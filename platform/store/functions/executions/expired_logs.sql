-- Which of these executions have logs whose retention is over. The retention is that of the
-- request, else that of the action: a number of newest executions of the action, or a time; 7
-- days when neither sets one. The logs of an execution that no longer exists are expired too.
create or replace function expired_logs(execution_ids bigint[], ages_seconds double precision[]) returns setof bigint
  language sql stable set search_path = public, pg_temp as
$$
with file as (select * from unnest(execution_ids, ages_seconds) as f (id, seconds)),
known as (
  select f.id, f.seconds, e.status, e.action_ref,
    coalesce(e.artifact_retention_policy, a.log_retention_policy, 'days') as policy,
    coalesce(e.artifact_retention_limit, a.log_retention_limit, 7) as retention_limit,
    e.id is null as unknown
  from file f left join execution e on e.id = f.id left join action a on a.id = e.action
)
select t.id from known t
where t.unknown or t.status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned') and case t.policy
  when 'versions' then (select count(*) from execution later where later.action_ref = t.action_ref and later.id > t.id
    and later.tenant = app_tenant()) >= t.retention_limit
  when 'hours' then t.seconds > t.retention_limit * 3600.0
  when 'minutes' then t.seconds > t.retention_limit * 60.0
  else t.seconds > t.retention_limit * 86400.0 end
$$;
select expose_function(array['expired_logs(bigint[], double precision[])']);
