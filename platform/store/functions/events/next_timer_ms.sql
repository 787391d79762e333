-- Milliseconds until the next timer is due; null when none is armed.
create or replace function next_timer_ms() returns double precision
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select platform_now() as now)
select extract(epoch from min(t.due_at) - (select now from clock)) * 1000 from timer t
where t.state = 'armed' and t.due_at > (select now from clock)
$$;
select expose_function(array['next_timer_ms()']);
