-- A worker that was resumed before its process had stopped is online: that process goes on.
create or replace function confirm_provisioned(worker_id bigint) returns void
  language sql security definer set search_path = public, pg_temp as
$$
update worker set state = 'online', state_cause = 'heartbeat', updated = tenant_now(tenant)
where id = worker_id and state = 'provisioning' and runtimes ? runtime
$$;
select expose_function(array['confirm_provisioned(bigint)']);
