-- Workflows whose time limit has passed and is not processed yet.
create or replace function overdue_limits() returns table (tenant int, execution bigint)
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select liveness_now() as now, latest_now() as latest)
select r.tenant, r.execution from clock cross join workflow_execution r left join tenant_clock c on c.tenant = r.tenant
where r.due_at <= clock.latest and r.due_at <= coalesce(c.pinned_at, clock.now + c.ahead, clock.now)
  and r.status in ('requested', 'running', 'canceling')
$$;
select expose_function(array['overdue_limits()']);
