-- Marks the silent workers inactive: they get no more work. One of a tenant is offline.
create or replace function mark_stale_workers(stale_ms double precision) returns setof bigint
  language sql security definer set search_path = public, pg_temp as
$$
update worker set status = 'inactive', state = case when state is not null then 'offline' end,
  state_cause = case when state is not null then 'heartbeat_timeout' end, updated = platform_now()
where id in (select silent_workers(stale_ms)) and status = 'active' returning id
$$;
select expose_function(array['mark_stale_workers(double precision)']);
