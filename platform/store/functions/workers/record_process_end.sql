-- The process of a worker of a tenant has exited. One that was to go on has crashed.
create or replace function record_process_end(worker_name text) returns void
  language sql security definer set search_path = public, pg_temp as
$$
update worker set meta = meta - 'pid', state_cause = case state when 'online' then 'crashed' else state_cause end,
  state = case state when 'online' then 'offline' else state end, updated = platform_now()
where name = worker_name and kind = 'managed' and tenant is not null
$$;
select expose_function(array['record_process_end(text)']);
