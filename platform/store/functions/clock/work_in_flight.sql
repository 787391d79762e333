-- What of this tenant is neither final nor waiting for time, a response or a resume. A workflow counts
-- while its engine has something to process; its steps count for themselves. Each is one row.
create or replace function work_in_flight() returns table (kind text, entity bigint)
  language sql stable set search_path = public, pg_temp as
$$
select 'execution', e.id from execution e
where e.tenant = app_tenant() and e.released
  and (e.status in ('scheduling', 'scheduled', 'suspended', 'canceling')
    or e.status = 'requested' and coalesce(e.due_at <= platform_now(), true)
    or e.status = 'running' and (e.awaits is null or e.worker is not null))
  and not exists (select from execution step
    where step.parent = e.id and step.status not in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned'))
union
select 'execution', e.id from execution step join execution e on e.id = step.parent
where step.tenant = app_tenant() and not step.settled and step.workflow_execution is not null
  and step.status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned')
  and e.status not in ('paused', 'completed', 'failed', 'cancelled', 'timeout', 'abandoned')
union
select 'execution', r.execution from workflows_to_process() r where r.tenant = app_tenant()
union
select 'event', p.event from pending_rule p where p.tenant = app_tenant()
union
select 'timer', t.rule from timer t where t.tenant = app_tenant() and t.state = 'unplanned'
$$;
select expose_function(array['work_in_flight()']);
