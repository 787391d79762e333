-- Active workers that have sent no heartbeat for `stale_ms`, or for the time of their own.
create or replace function silent_workers(stale_ms double precision) returns setof bigint
  language sql stable security definer set search_path = public, pg_temp as
$$
select id from worker
where status = 'active' and last_heartbeat < platform_now() - coalesce(heartbeat_timeout_ms, stale_ms) * interval '1 ms'
$$;
select expose_function(array['silent_workers(double precision)']);
