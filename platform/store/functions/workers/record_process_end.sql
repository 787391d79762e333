-- The process of a worker has exited: it gets no more work until the next one registers. One of a
-- tenant that was to go on has crashed.
create or replace function record_process_end(worker_name text) returns void
  language sql security definer set search_path = public, pg_temp as
$$
update worker set status = 'inactive', meta = meta - 'pid',
  state_cause = case state when 'online' then 'crashed' else state_cause end,
  state = case state when 'online' then 'offline' else state end, updated = tenant_now(tenant)
where name = worker_name
$$;
select expose_function(array['record_process_end(text)']);
