-- Adds a standalone worker, or finds the one of this name: its tokens carry the epoch. No row where
-- the name is that of another kind of worker. It is inactive until it connects.
create or replace function add_standalone_worker(worker_name text) returns table (id bigint, token_epoch int)
  language sql security definer set search_path = public, pg_temp as
$$
with added as (
  insert into worker (name, worker_type, status, last_heartbeat, labels)
  values (worker_name, 'remote', 'inactive', null, jsonb_build_object('worker', worker_name))
  on conflict (name) do nothing returning worker.id, worker.token_epoch
)
select added.id, added.token_epoch from added
union all
select w.id, w.token_epoch from worker w
where w.name = worker_name and w.worker_type = 'remote' and w.tenant is null
$$;
select expose_function(array['add_standalone_worker(text)']);
