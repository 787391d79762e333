-- Milliseconds until the next inquiry times out; null when none has a timeout.
create or replace function next_inquiry_ms() returns double precision
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select platform_now() as now)
select extract(epoch from min(i.timeout_at) - (select now from clock)) * 1000 from inquiry i
where i.status = 'pending' and i.timeout_at > (select now from clock)
$$;
select expose_function(array['next_inquiry_ms()']);
