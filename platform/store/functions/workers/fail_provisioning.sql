-- A worker whose process did not become ready in time has failed; nothing changes where it did.
create or replace function fail_provisioning(worker_id bigint, cause text, detail text) returns void
  language sql security definer set search_path = public, pg_temp as
$$
update worker set state = 'failed', state_cause = cause, state_detail = detail, updated = tenant_now(tenant)
where id = worker_id and state = 'provisioning'
$$;
select expose_function(array['fail_provisioning(bigint, text, text)']);
