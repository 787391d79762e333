-- Adds a worker, or updates the row of the same name. Leases that a worker of this name held
-- before expire: the new process does not run their executions. A worker that a tenant created has
-- one runtime, and is online when its process has found that. One without slots runs sensors only.
create or replace function register_worker(worker_name text, new_runtimes json, new_slots int, new_meta json, new_capabilities json, new_labels json) returns bigint
  language sql security definer set search_path = public, pg_temp as
$$
update lease set expires_at = least(expires_at, liveness_now()), end_reason = coalesce(end_reason, 'crashed')
where owner = (select id from worker where name = worker_name);
insert into worker (name, worker_role, runtimes, slots, meta, capabilities, labels, status, last_heartbeat)
values (worker_name, case when new_slots > 0 then 'action' else 'sensor' end, new_runtimes::jsonb, new_slots, new_meta::jsonb, new_capabilities::jsonb, new_labels::jsonb, 'active', liveness_now())
on conflict (name) do update set worker_role = excluded.worker_role, slots = excluded.slots, meta = excluded.meta,
  capabilities = excluded.capabilities, labels = excluded.labels,
  runtimes = case when worker.runtime is null then excluded.runtimes
    else jsonb_strip_nulls(jsonb_build_object(worker.runtime, excluded.runtimes->worker.runtime)) end,
  state = case when worker.state in ('provisioning', 'offline') and excluded.runtimes ? worker.runtime then 'online' else worker.state end,
  state_cause = case when worker.state in ('provisioning', 'offline') and excluded.runtimes ? worker.runtime then 'heartbeat'
    else worker.state_cause end,
  status = 'active', last_heartbeat = excluded.last_heartbeat, updated = tenant_now(worker.tenant)
returning id
$$;
select expose_function(array['register_worker(text, json, int, json, json, json)']);
