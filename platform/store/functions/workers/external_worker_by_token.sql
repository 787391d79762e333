-- Finds an external worker in any tenant by the SHA-256 of its agent's secret.
create or replace function external_worker_by_token(secret_hash text)
  returns table (id bigint, tenant int, "leaseMs" double precision, "isFrozen" boolean)
  language sql stable security definer set search_path = public, pg_temp as
$$
select w.id, w.tenant, w.lease_ms, t.frozen from worker w join tenant t on t.id = w.tenant where w.token_hash = secret_hash
$$;
select expose_function(array['external_worker_by_token(text)']);
