-- Marks workers inactive that have sent no heartbeat for `stale_ms`. They get no more work.
create or replace function mark_stale_workers(stale_ms double precision) returns setof bigint
  language sql security definer set search_path = public, pg_temp as
$$
update worker set status = 'inactive', updated = platform_now()
where status = 'active' and last_heartbeat < platform_now() - stale_ms * interval '1 ms' returning id
$$;
select expose_function(array['mark_stale_workers(double precision)']);
