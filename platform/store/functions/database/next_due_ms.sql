-- Milliseconds until the next retry or workflow limit is due; null when none is planned. What is
-- due already is in `overdue_work`. A clock that stands still makes nothing due.
create or replace function next_due_ms() returns double precision
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select liveness_now() as now), planned as (
  select min(e.due_at) - clock.now as rest from clock, execution e
  where e.due_at > clock.now and e.status = 'requested' and e.released and e.tenant not in (select tenant from tenant_clock)
  group by clock.now
  union all
  select min(r.due_at) - clock.now from clock, workflow_execution r
  where r.due_at > clock.now and r.tenant not in (select tenant from tenant_clock) group by clock.now
  union all
  select min(e.due_at - (clock.now + c.ahead)) from clock, tenant_clock c join execution e on e.tenant = c.tenant
  where e.due_at > clock.now + c.ahead and e.status = 'requested' and e.released
  union all
  select min(r.due_at - (clock.now + c.ahead)) from clock, tenant_clock c join workflow_execution r on r.tenant = c.tenant
  where r.due_at > clock.now + c.ahead
  union all
  select min(e.started_at + e.limit_seconds * interval '1 s' - (clock.now + c.ahead))
  from clock, tenant_clock c join execution e on e.tenant = c.tenant
  where e.status = 'running' and e.started_at + e.limit_seconds * interval '1 s' > clock.now + c.ahead
)
select extract(epoch from min(rest))::double precision * 1000 from planned
$$;
select expose_function(array['next_due_ms()']);
