-- Milliseconds until the next inquiry times out; null when none has a timeout. A clock that stands
-- still makes none due.
create or replace function next_inquiry_ms() returns double precision
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select liveness_now() as now), planned as (
  select min(i.timeout_at) - clock.now as rest from clock, inquiry i
  where i.status = 'pending' and i.timeout_at > clock.now and i.tenant not in (select tenant from tenant_clock)
  group by clock.now
  union all
  select min(i.timeout_at - (clock.now + c.ahead)) from clock, tenant_clock c join inquiry i on i.tenant = c.tenant
  where i.status = 'pending' and i.timeout_at > clock.now + c.ahead
)
select extract(epoch from min(rest))::double precision * 1000 from planned
$$;
select expose_function(array['next_inquiry_ms()']);
