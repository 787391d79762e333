-- What the scheduler looks for in all tenants: work whose notification was lost, and what dead
-- workers left.

create index workflow_execution_alive on workflow_execution (id) where status in ('requested', 'running', 'canceling');

-- Tenants with executions that are due, and workflows with something to process. `patience_ms`
-- leaves a notification the time to be processed; a due time that has passed counts at once.
create function overdue(patience_ms double precision) returns table (tenant int, execution bigint)
  language sql stable security definer set search_path = public, pg_temp as
$$
with edge as materialized (select platform_now() as now, platform_now() - patience_ms * interval '1 ms' as patient)
select distinct e.tenant, null::bigint from edge, execution e
where e.status = 'requested' and e.released
  and (e.due_at <= edge.now or e.due_at is null and e.updated < edge.patient)
union all
select distinct e.tenant, e.parent from edge, execution e
where not e.settled and e.parent is not null and e.workflow_execution is not null and e.finished_at < edge.patient
  and e.status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned')
union all
select r.tenant, r.execution from edge, workflow_execution r
where r.updated < edge.patient and (r.status = 'requested' or r.status = 'running' and r.cancel_requested)
$$;

-- Workers without a heartbeat get no more work.
create function mark_silent_workers(stale_ms double precision) returns setof bigint
  language sql security definer set search_path = public, pg_temp as
$$
update worker set status = 'inactive', updated = platform_now()
where status = 'active' and last_heartbeat < platform_now() - stale_ms * interval '1 ms' returning id
$$;

-- Executions whose lease has expired, and those of an inactive worker that never claimed them.
create function lost_executions() returns table (execution bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$
select e.id, e.tenant from lease l join execution e on l.resource = 'execution:' || e.id
where l.expires_at < platform_now()
union
select e.id, e.tenant from execution e join worker w on w.id = e.worker
where e.status in ('scheduled', 'running', 'canceling') and w.status = 'inactive'
  and not exists (select from lease l where l.resource = 'execution:' || e.id)
$$;

do $$
declare f text;
begin
  foreach f in array array['overdue(double precision)', 'mark_silent_workers(double precision)', 'lost_executions()']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to tuningfork_app', f);
  end loop;
end $$;
