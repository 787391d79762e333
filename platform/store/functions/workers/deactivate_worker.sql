-- Marks a worker that stops inactive and lets its leases expire. One of a tenant that was to go on
-- is offline.
create or replace function deactivate_worker(worker_id bigint) returns void
  language sql security definer set search_path = public, pg_temp as
$$
update lease set expires_at = least(expires_at, liveness_now()),
  end_reason = coalesce(end_reason, 'shutdown_requested') where owner = worker_id;
update worker set status = 'inactive', state_cause = case state when 'online' then 'stopped' else state_cause end,
  state = case state when 'online' then 'offline' else state end, updated = tenant_now(tenant) where id = worker_id
$$;
select expose_function(array['deactivate_worker(bigint)']);
