-- Instants at which something of this tenant is due, those that have passed and are not processed
-- yet, too. A queue is due while it has something to dispatch: see `work_due`. Nothing processes
-- the expiry of a key: readers skip it.
create or replace function planned_instants() returns table (kind text, entity bigint, at timestamptz)
  language sql stable set search_path = public, pg_temp as
$$
select 'timer', t.rule, t.due_at from timer t join rule r on r.id = t.rule
where t.tenant = app_tenant() and t.state = 'armed' and r.enabled
union all
select 'retry', e.id, e.due_at from execution e
where e.tenant = app_tenant() and e.status = 'requested' and e.released and e.due_at is not null
union all
select 'limit', r.execution, r.due_at from workflow_execution r
where r.tenant = app_tenant() and r.due_at is not null and r.status in ('requested', 'running', 'canceling')
union all
select 'limit', e.id, e.started_at + e.limit_seconds * interval '1 s' from execution e
where e.tenant = app_tenant() and e.status = 'running' and e.limit_seconds is not null
union all
select 'inquiry', i.id, i.timeout_at from inquiry i
where i.tenant = app_tenant() and i.status = 'pending' and i.timeout_at is not null
union all
select 'queue', q.id, planned.at from work_queue q cross join lateral (
  select q.next_dispatch_at as at
  where exists (select from work_queue_item i where i.queue = q.id and i.status in ('queued', 'retry'))
  union all
  select min(i.not_before) from work_queue_item i
  where i.queue = q.id and i.status in ('queued', 'retry') and i.not_before > platform_now()
) planned
where q.tenant = app_tenant() and q.enabled and planned.at > platform_now()
union all
select 'key', k.id, k.expires_at from key k where k.tenant = app_tenant() and k.expires_at > platform_now()
union all
select 'artifact', v.id, v.created + a.retention_limit * case a.retention_policy
  when 'minutes' then interval '1 minute' when 'hours' then interval '1 hour' else interval '24 hours' end
from artifact a join artifact_version v on v.artifact = a.id
where a.tenant = app_tenant() and a.retention_policy <> 'versions' and v.stream is null
$$;
select expose_function(array['planned_instants()']);
