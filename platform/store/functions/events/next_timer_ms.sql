-- Milliseconds until the next timer is due; null when none is armed. A clock that stands still makes
-- none due.
create or replace function next_timer_ms() returns double precision
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select liveness_now() as now), planned as (
  select min(t.due_at) - clock.now as rest from clock, timer t
  where t.state = 'armed' and t.due_at > clock.now and t.tenant not in (select tenant from tenant_clock) group by clock.now
  union all
  select min(t.due_at - (clock.now + c.ahead)) from clock, tenant_clock c join timer t on t.tenant = c.tenant
  where t.state = 'armed' and t.due_at > clock.now + c.ahead
)
select extract(epoch from min(rest))::double precision * 1000 from planned
$$;
select expose_function(array['next_timer_ms()']);
