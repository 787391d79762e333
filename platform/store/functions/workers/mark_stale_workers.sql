-- Marks the silent workers inactive. They get no more work.
create or replace function mark_stale_workers(stale_ms double precision) returns setof bigint
  language sql security definer set search_path = public, pg_temp as
$$
update worker set status = 'inactive', updated = platform_now()
where id in (select silent_workers(stale_ms)) and status = 'active' returning id
$$;
select expose_function(array['mark_stale_workers(double precision)']);
