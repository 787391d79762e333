-- Renews the leases of all workflows that an executor coordinates, by its one row.
create or replace function renew_executor(executor_id bigint, lease_ms double precision) returns void
  language sql security definer set search_path = public, pg_temp as
$$
update executor set expires_at = liveness_now() + lease_ms * interval '1 ms', renewals = renewals + 1,
  renewed_at = clock_timestamp() where id = executor_id
$$;
select expose_function(array['renew_executor(bigint, double precision)']);
