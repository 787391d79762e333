-- Tenants with executions that are due, except frozen ones, and workflows with something to
-- process, in all tenants.
-- It finds work whose notification was lost: `grace_ms` leaves a notification the time to be
-- processed. A due time that has passed counts at once, and so does all work of a tenant with a clock of
-- its own, which cannot measure the grace.
create or replace function overdue_work(grace_ms double precision) returns table (tenant int, execution bigint)
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select liveness_now() as now, liveness_now() - grace_ms * interval '1 ms' as cutoff)
select distinct e.tenant, null::bigint from clock cross join execution e left join tenant_clock c on c.tenant = e.tenant
where e.status = 'requested' and e.released
  and (e.due_at <= coalesce(c.pinned_at, clock.now + c.ahead, clock.now)
    or e.due_at is null and (e.updated < clock.cutoff or c.tenant is not null))
  and e.tenant not in (select frozen_tenants())
union all
select distinct e.tenant, e.parent from clock cross join execution e left join tenant_clock c on c.tenant = e.tenant
where not e.settled and e.parent is not null and e.workflow_execution is not null
  and (e.finished_at < clock.cutoff or c.tenant is not null)
  and e.status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned')
union all
select r.tenant, r.execution from clock cross join workflow_execution r left join tenant_clock c on c.tenant = r.tenant
where (r.updated < clock.cutoff or c.tenant is not null) and r.status = 'requested'
union all
select r.tenant, r.execution from clock cross join workflows_to_process() r left join tenant_clock c on c.tenant = r.tenant
where r.updated < clock.cutoff or c.tenant is not null
$$;
select expose_function(array['overdue_work(double precision)']);
