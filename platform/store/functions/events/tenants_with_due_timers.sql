-- Tenants, except frozen ones, with timers that are due, not planned yet, or planned by a clock
-- that was set back since.
create or replace function tenants_with_due_timers() returns table (tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select liveness_now() as now, latest_now() as latest), due as (
  select t.tenant from clock cross join timer t left join tenant_clock c on c.tenant = t.tenant
  where t.state = 'armed' and t.due_at <= clock.latest
    and t.due_at <= coalesce(c.pinned_at, clock.now + c.ahead, clock.now)
  union
  select t.tenant from clock cross join timer t left join tenant_clock c on c.tenant = t.tenant
  where t.state = 'armed' and t.planned_at > coalesce(c.pinned_at, clock.now + c.ahead, clock.now) + interval '1 s'
  union
  select t.tenant from timer t where t.state = 'unplanned'
)
select f.tenant from due f join tenant w on w.id = f.tenant where not w.frozen
$$;
select expose_function(array['tenants_with_due_timers()']);
